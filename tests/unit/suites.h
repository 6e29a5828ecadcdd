/*
 * The one list of suites: SUITE(x) stands for the array suite_x, which some
 * test_*.c defines. It is included more than once, hence no guard. A name without
 * its file fails to link; tests/build/suites.sh finds a file without its name.
 */
SUITE(assoc_alter)
SUITE(assoc_auth)
SUITE(assoc_bind)
SUITE(assoc_fragments)
SUITE(assoc_header)
SUITE(assoc_request)
SUITE(binding)
SUITE(cursor)
SUITE(cursor_write)
SUITE(ept)
SUITE(ept_entries)
SUITE(ept_lookup)
SUITE(ndr)
SUITE(pdu)
SUITE(pdu_bind)
SUITE(pdu_call)
SUITE(protseq)
SUITE(status)
SUITE(syntax)
SUITE(tower)
SUITE(tower_floors)
SUITE(uuid)
SUITE(vectors)
