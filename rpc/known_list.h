/*
 * The one list of interfaces that are known by a name: KNOWN(name, id, operations). Of
 * several versions the newest comes first.
 */
KNOWN("calc", CALC_V2_0_ID, calc_v2_0_client_ops)
KNOWN("calc", CALC_V1_2_ID, calc_v1_2_client_ops)
KNOWN("calc", CALC_V1_0_ID, calc_v1_0_client_ops)
KNOWN("clock", CLOCK_ID, clock_client_ops)
KNOWN("echo", ECHO_ID, echo_client_ops)
KNOWN("epm", EPT_ID, ept_client_ops)
KNOWN("logon", LOGON_ID, logon_client_ops)
KNOWN("mgmt", MGMT_ID, mgmt_client_ops)
KNOWN("print", PRINT_ID, print_client_ops)
KNOWN("share", SHARE_ID, share_client_ops)
