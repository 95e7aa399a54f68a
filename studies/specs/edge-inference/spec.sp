* edge-inference, trial 94 (accuracy>=0.9, attenuation_error<=0.01, best inference_energy), schema 1
* All in SI units.
* The junction: R_P = r_p_ohm; R_AP(V) = r_p_ohm*(1 + tmr/(1 + (V/tmr_half_v)**2)).
* It switches P to AP above ic0_p_to_ap_a, AP to P above ic0_ap_to_p_a; chance of one pulse at
* the given amplitude and length: potentiation_probability (AP to P), depression_probability.
* Amplitudes are those of the driver, across access_ohm and the junction in series.
* Potentiation drives AP to P, depression P to AP.
.param mtj_diameter_m = 7e-08 ; m, device.diameter_m
.param mtj_ra_ohm_m2 = 9e-12 ; ohm m^2, device.ra_ohm_m2
.param mtj_tmr = 1.8 ; 1, device.tmr
.param mtj_tmr_half_v = 0.5 ; V, device.tmr_half_v
.param mtj_barrier = 75.0 ; 1, device.barrier
.param mtj_damping = 0.01 ; 1, device.damping
.param mtj_r_p_ohm = 2338.603245431931 ; ohm, device.r_p_ohm
.param mtj_r_ap_ohm = 6548.089087209407 ; ohm, device.r_ap_ohm
.param mtj_ic0_ap_to_p_a = 2.742935345203748e-05 ; A, device.ic0_ap_to_p_a
.param mtj_ic0_p_to_ap_a = 4.114403017805622e-05 ; A, device.ic0_p_to_ap_a
.param mtj_vc0_ap_to_p_v = 0.16790832264231748 ; V, device.vc0_ap_to_p_v
.param mtj_vc0_p_to_ap_v = 0.09621956250455159 ; V, device.vc0_p_to_ap_v
.param mtj_relaxation_s = 2.2718449198061203e-09 ; s, device.relaxation_time_s
.param mtj_access_ohm = 3000.0 ; ohm, array.access_ohm
.param mtj_wire_ohm = 2.8 ; ohm, array.wire_ohm
.param mtj_tile_rows = 40.0 ; 1, array.tile_rows
.param mtj_read_v = 0.015559292482752713 ; V, array.read_v
.param mtj_read_s = 1.3039462249101259e-09 ; s, array.read_s
.param mtj_potentiation_v = 0.3397741074235853 ; V, potentiation.amplitude_v
.param mtj_potentiation_s = 1.3861803088218882e-08 ; s, potentiation.duration_s
.param mtj_potentiation_probability = 0.886719897473573 ; 1, potentiation.probability
.param mtj_depression_v = 0.2973324182377948 ; V, depression.amplitude_v
.param mtj_depression_s = 1.0052397149780588e-08 ; s, depression.duration_s
.param mtj_depression_probability = 0.49606681142921416 ; 1, depression.probability
.param mtj_temperature_k = 300.0 ; K, environment.temperature_k
.param mtj_bit_line_f = 1.002e-16 ; F, periphery.bit_line_f
