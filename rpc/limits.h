/*
 * Every limit of the runtime, in one place, each with its reason.
 *
 * A length or a count that a peer sends is compared with one of these before
 * anything is allocated, copied or looped over.
 */
#ifndef RPC_LIMITS_H
#define RPC_LIMITS_H

/* The endpoint mapper's port on TCP (IANA: epmap). */
#define RPC_MAPPER_PORT 135u

/* A PDU's frag_length is 16 bits wide; bind and alter_context may use them all. */
#define RPC_MAX_PDU 65535u

/* Requests and auth3 PDUs on TCP; also the largest fragment we settle on
 * (four Ethernet segments of 1460 bytes, the value Windows uses). */
#define RPC_MAX_FRAG_TCP 5840u

/* No peer is asked to live with less than this, whatever it proposed. */
#define RPC_MIN_FRAG 2048u

/* Stub bytes of one request, all fragments together, and of one reply.
 * 4 MiB is where Windows stops too. */
#define RPC_MAX_STUB (4u * 1024u * 1024u)

/* What the decoded form of one call may take. Decoding turns 4 bytes of a pointer into
 * 24 at the most, so that what fits into a stub mostly fits in here. */
#define RPC_MAX_ARENA (8u * RPC_MAX_STUB)

/* What a process keeps of that memory from one call to the next, and likewise of that for the
 * reply's stub. The largest answer of ept_lookup takes 150 KiB and half as much. */
#define RPC_CALL_KEEP (256u * 1024u)

/* How deep a structure may contain itself through pointers: each level is a few
 * frames on the stack. */
#define NDR_MAX_DEPTH 256u

/* Full pointers in one message. Those that are read are compared with one another. The
 * mapper's messages have at most 501. */
#define NDR_MAX_FULL_POINTERS 1024u

/* Of everything that all clients of a process may have together, one client (an IPv4
 * address, a /64 of IPv6, a local user) gets a quarter, rounded up: it takes four to use up
 * anything, and a classroom behind one address has plenty. */
#define RPC_CLIENT_SHARE(most) (((most) + 3u) / 4u)

/* The memory that one empty buffer of a process leaves to the next: most PDUs fit into it, so
 * that they cost no allocation. */
#define RPC_SPARE_BUFFER (8u * 1024u)

/* Bytes in the buffers of one process: what came in and is not processed, stubs that are
 * collected, decoded calls, answers that are not sent. Enough for 60 of the largest. */
#define RPC_MAX_BUFFERED (256u * 1024u * 1024u)

/* Context handles of one association group, and of all of them in one process. */
#define RPC_MAX_HANDLES_PER_GROUP 32u
#define RPC_MAX_HANDLES 4096u

/* Security contexts of one association, as on Windows. */
#define RPC_MAX_SECURITY_CONTEXTS 2049u

/* What one of them is charged for: keys and ciphers, and during the handshake two messages. */
#define RPC_SECURITY_CONTEXT_COST (8u * 1024u)

/* Credentials of one auth3; no mechanism's last token is longer. */
#define RPC_MAX_AUTH3_CREDENTIALS 4096u

/* A client may fail to authenticate so often; then it has to wait a second before it may try again,
 * and after each further failure twice as long, up to the given time. It is forgiven when it
 * has not failed for a minute. All its associations wait together: guessing does not get faster
 * with more of them. */
#define RPC_AUTH_FREE_FAILURES 5u
#define RPC_AUTH_MAX_WAIT_SECONDS 8u
#define RPC_AUTH_FORGET_SECONDS 60u

/* Clients that have gone, and whose calls or failures are remembered. */
#define RPC_MAX_DEPARTED 4096u

/* Presentation contexts of one association. Clients use one to four. */
#define RPC_MAX_CONTEXTS 64u

/* Calls that wait for a later answer: of one association, and of all in one process. */
#define RPC_MAX_EXECUTING 32u
#define RPC_MAX_EXECUTING_ALL 4096u

/* Reply bytes queued for one association before it stops taking requests. */
#define RPC_OUT_HIGH_WATER (64u * 1024u)

/* Octets of one tower. Five floors need 75; names of 255 bytes fit. */
#define RPC_MAX_TOWER 1024u

/* Floors of one tower. All known protocol sequences use 4 or 5. */
#define RPC_MAX_FLOORS 8u

/* Endpoint and host names in towers and string bindings, with the NUL. */
#define RPC_MAX_NAME 256u

/* One message of NTLM. Windows takes so many bytes. */
#define NTLM_MAX_MESSAGE 2888u

/* Names and passwords in NTLM's messages, in units of UTF-16: the most that Windows allows,
 * and enough for a host's name in DNS. */
#define NTLM_MAX_NAME 256u

/* Attributes of the target in one message. Eleven are defined. */
#define NTLM_MAX_AV_PAIRS 32u

/* Accounts of one server, each looked at for every name, so that the time does not tell which
 * there are. A classroom with room. */
#define RPC_MAX_ACCOUNTS 1024u

/* An account's name in UTF-8, with the NUL. Windows has at most 20 characters. */
#define RPC_MAX_ACCOUNT_NAME 64u

/* The users file: all accounts, and twice as much for comments. */
#define RPC_MAX_USERS_FILE (300u * 1024u)

/* One token of SPNEGO. Those with a ticket of Kerberos are large (Windows allows 48000
 * bytes), and have to be read to find that NTLM is offered too. */
#define SPNEGO_MAX_TOKEN 48000u

/* A client's list of mechanisms, encoded. Windows' five take some 60 bytes. */
#define SPNEGO_MAX_LIST 256u

/* Associations of one process over the network. So many more are kept for as long as it
 * takes to answer their bind with a nak; what comes beyond is accepted and closed at once,
 * so that the queue of the listening socket does not fill up. */
#define RPC_MAX_ASSOCIATIONS 12000u
#define RPC_MAX_REFUSED 256u

/* Calls that one process serves in one second over the network; 0: as many as come. Nobody is
 * refused unless somebody asked for it, because what a machine can do differs so much. */
#define RPC_MAX_CALLS 0u

/* An association that is not bound, or that sits in the middle of a PDU or of
 * a fragmented request, is closed after this many seconds. */
#define RPC_PROGRESS_SECONDS 30u

/* A bound TCP association without traffic is closed after this many seconds. */
#define RPC_IDLE_SECONDS 900u

/* TCP asks a peer that is silent for so long whether it is still there, and takes no answer
 * to four questions within as long again for a no. Without that, a client that vanished
 * while it waits for a slow call would keep its context handles for ever. */
#define RPC_KEEPALIVE_SECONDS 120u
#define RPC_KEEPALIVE_PROBES 4u

/* After the last reply we read away what is still coming for so long, so that
 * the close is not a reset that takes the reply with it. */
#define RPC_LINGER_SECONDS 2u

/* Entries in the registry: what one mapper is expected to hold, with room. */
#define EPT_MAX_REGISTERED 200000u

/* Entries that one registering association may own. */
#define EPT_MAX_OWNED 100000u

/* A walk that nobody continues is forgotten after this many seconds. */
#define EPT_WALK_SECONDS 300u

#endif
