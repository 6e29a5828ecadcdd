/*
 * The one list of tables: TABLE(x) stands for wire_x, which rows_x.c defines. It is included
 * more than once, hence no guard.
 */
TABLE(header)
TABLE(bind)
TABLE(results)
TABLE(groups)
TABLE(requests)
TABLE(fragments)
TABLE(others)
TABLE(auth)
TABLE(mgmt)
TABLE(echo)
TABLE(map)
TABLE(lookup)
TABLE(register)
