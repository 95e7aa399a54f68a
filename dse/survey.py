"""Published STT-MRAM macros as a table in SI, to hold a design against.

Collected by NVMExplorer (MIT licence, beside the file in device_models/data); an empty field is a
figure its paper does not give. Figures are as reported: of cells, macros and whole chips, at
voltages of the supply, not of the junction.
"""

from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FILE = "sttram_survey.csv"

NUMBERS = {
    "Capacity [Mb]": ("capacity_bit", 2.0**20),
    "Macro Area [mm2]": ("macro_area_m2", 1e-6),
    "Area Efficiency (%)": ("area_efficiency", 1e-2),
    "MTJ Diameter [nm]": ("diameter_m", 1e-9),
    "Fab Process [nm]": ("node_m", 1e-9),
    "Cell Area [um2]": ("cell_area_m2", 1e-12),
    "Cell Area [F2]": ("cell_area_over_f2", 1.0),
    "Write Voltage [V]": ("write_v", 1.0),
    "Read Voltage [V]": ("read_v", 1.0),
    "Write Energy [pJ]": ("write_j", 1e-12),
    "Read Energy [pJ]": ("read_j", 1e-12),
    "Endurance": ("endurance_cycles", 1.0),
    "Retention [s]": ("retention_s", 1.0),
    "Retention Temp [deg C]": ("retention_k", 1.0),
    "Leakage Power [mW]": ("leakage_w", 1e-3),
    "Read Power [mW]": ("read_w", 1e-3),
    "Write Power [mW]": ("write_w", 1e-3),
    "Read Speed [ns]": ("read_s", 1e-9),
    "Write Speed [ns]": ("write_s", 1e-9),
    "Clock Freq [MHz]": ("clock_hz", 1e6),
    "Error Rate": ("error_rate", 1.0),
}
"""Column of the file -> column of the table and factor to SI."""

TEXTS = {"Publication/Year": "venue", "Cell Structure": "cell", "Notes": "notes"}
ZERO_CELSIUS_K = 273.15


def sttram_survey() -> "pd.DataFrame":
    """The survey, one row a publication, indexed by DOI; NaN or "" where nothing is reported.

    Columns: `venue`, `year`, `cell`, `notes` and those of NUMBERS, in SI; energies are of one bit
    where the paper says so (see `notes`), temperatures in kelvin, Mb of 2²⁰ bits.
    """
    import pandas as pd

    with (resources.files("device_models") / "data" / FILE).open("r", encoding="utf-8") as file:
        raw = pd.read_csv(file)
    table = pd.DataFrame(index=pd.Index(raw["DOI"], name="doi"))
    for source, name in TEXTS.items():
        table[name] = raw[source].fillna("").to_numpy()
    table["year"] = table["venue"].str.extract(r"(\d{4})$", expand=False).astype(int)
    for source, (name, factor) in NUMBERS.items():
        table[name] = raw[source].to_numpy(float) * factor
    table["retention_k"] += ZERO_CELSIUS_K
    return table
