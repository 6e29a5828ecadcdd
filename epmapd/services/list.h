/*
 * The one list of services, in the order in which they are started: SERVICE(x) stands
 * for service_x in x.c. It is included more than once, hence no guard.
 */
SERVICE(echo)
SERVICE(calc)
SERVICE(clock)
SERVICE(print)
SERVICE(share)
SERVICE(logon)
