* smallest-energy, trial 142 (accuracy>=0.913, attenuation_error<=0.01, best learning_energy), schema 1
* All in SI units.
* The junction: R_P = r_p_ohm; R_AP(V) = r_p_ohm*(1 + tmr/(1 + (V/tmr_half_v)**2)).
* It switches P to AP above ic0_p_to_ap_a, AP to P above ic0_ap_to_p_a; chance of one pulse at
* the given amplitude and length: potentiation_probability (AP to P), depression_probability.
* Amplitudes are those of the driver, across access_ohm and the junction in series.
* Potentiation drives AP to P, depression P to AP.
.param mtj_diameter_m = 2e-08 ; m, device.diameter_m
.param mtj_ra_ohm_m2 = 5e-12 ; ohm m^2, device.ra_ohm_m2
.param mtj_tmr = 1.0 ; 1, device.tmr
.param mtj_tmr_half_v = 0.5 ; V, device.tmr_half_v
.param mtj_barrier = 58.0 ; 1, device.barrier
.param mtj_damping = 0.01 ; 1, device.damping
.param mtj_r_p_ohm = 15915.494309189533 ; ohm, device.r_p_ohm
.param mtj_r_ap_ohm = 31830.988618379066 ; ohm, device.r_ap_ohm
.param mtj_ic0_ap_to_p_a = 2.4000000000000004e-05 ; A, device.ic0_ap_to_p_a
.param mtj_ic0_p_to_ap_a = 3.600000000000001e-05 ; A, device.ic0_p_to_ap_a
.param mtj_vc0_ap_to_p_v = 0.5535819802431422 ; V, device.vc0_ap_to_p_v
.param mtj_vc0_p_to_ap_v = 0.5729577951308233 ; V, device.vc0_p_to_ap_v
.param mtj_relaxation_s = 1.158631640048001e-09 ; s, device.relaxation_time_s
.param mtj_access_ohm = 3000.0 ; ohm, array.access_ohm
.param mtj_wire_ohm = 2.8 ; ohm, array.wire_ohm
.param mtj_tile_rows = 88.0 ; 1, array.tile_rows
.param mtj_read_v = 0.04326045163248437 ; V, array.read_v
.param mtj_read_s = 1.3307326517660753e-09 ; s, array.read_s
.param mtj_potentiation_v = 0.6896332696113527 ; V, potentiation.amplitude_v
.param mtj_potentiation_s = 8.835765406082808e-09 ; s, potentiation.duration_s
.param mtj_potentiation_probability = 0.6958362201765833 ; 1, potentiation.probability
.param mtj_depression_v = 0.8562939833155342 ; V, depression.amplitude_v
.param mtj_depression_s = 4.9768904558456055e-09 ; s, depression.duration_s
.param mtj_depression_probability = 0.36765231894457184 ; 1, depression.probability
.param mtj_temperature_k = 300.0 ; K, environment.temperature_k
.param mtj_bit_line_f = 1.002e-16 ; F, periphery.bit_line_f
