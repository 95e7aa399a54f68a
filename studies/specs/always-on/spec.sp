* always-on, trial 86 (accuracy>=0.88, lifetime_images_low>=3.2e11, attenuation_error<=0.011, best learning_energy), schema 1
* All in SI units.
* The junction: R_P = r_p_ohm; R_AP(V) = r_p_ohm*(1 + tmr/(1 + (V/tmr_half_v)**2)).
* It switches P to AP above ic0_p_to_ap_a, AP to P above ic0_ap_to_p_a; chance of one pulse at
* the given amplitude and length: potentiation_probability (AP to P), depression_probability.
* Amplitudes are those of the driver, across access_ohm and the junction in series.
* Potentiation drives AP to P, depression P to AP.
.param mtj_diameter_m = 5e-08 ; m, device.diameter_m
.param mtj_ra_ohm_m2 = 9.818e-12 ; ohm m^2, device.ra_ohm_m2
.param mtj_tmr = 1.2 ; 1, device.tmr
.param mtj_tmr_half_v = 0.5 ; V, device.tmr_half_v
.param mtj_barrier = 51.52206853861852 ; 1, device.barrier
.param mtj_damping = 0.03 ; 1, device.damping
.param mtj_r_p_ohm = 5000.266340083932 ; ohm, device.r_p_ohm
.param mtj_r_ap_ohm = 11000.585948184651 ; ohm, device.r_ap_ohm
.param mtj_ic0_ap_to_p_a = 6.353275284494254e-05 ; A, device.ic0_ap_to_p_a
.param mtj_ic0_p_to_ap_a = 9.529912926741381e-05 ; A, device.ic0_p_to_ap_a
.param mtj_vc0_ap_to_p_v = 0.5060112729391486 ; V, device.vc0_ap_to_p_v
.param mtj_vc0_p_to_ap_v = 0.4765210283151568 ; V, device.vc0_p_to_ap_v
.param mtj_relaxation_s = 1.1505902656158435e-09 ; s, device.relaxation_time_s
.param mtj_access_ohm = 3000.0 ; ohm, array.access_ohm
.param mtj_wire_ohm = 2.8 ; ohm, array.wire_ohm
.param mtj_tile_rows = 56.0 ; 1, array.tile_rows
.param mtj_read_v = 0.0508714557713219 ; V, array.read_v
.param mtj_read_s = 1.275950727397753e-09 ; s, array.read_s
.param mtj_potentiation_v = 0.8096748690443836 ; V, potentiation.amplitude_v
.param mtj_potentiation_s = 7.582204751213206e-09 ; s, potentiation.duration_s
.param mtj_potentiation_probability = 0.7504839810905672 ; 1, potentiation.probability
.param mtj_depression_v = 0.7994272791123568 ; V, depression.amplitude_v
.param mtj_depression_s = 8.235949828171918e-09 ; s, depression.duration_s
.param mtj_depression_probability = 0.4704548807984261 ; 1, depression.probability
.param mtj_temperature_k = 300.0 ; K, environment.temperature_k
.param mtj_bit_line_f = 1.002e-16 ; F, periphery.bit_line_f
