/*
 * Every limit of epmscope, each with its reason. A capture may come from anywhere, so that
 * nothing in it decides how much memory or time is taken: what is over a limit is counted,
 * and named among what was not understood.
 */
#ifndef SCOPE_BOUNDS_H
#define SCOPE_BOUNDS_H

/* Packets of conversations that one capture may have. Each takes some 200 bytes. */
#define SCOPE_MAX_PACKETS 200000u

/* Connections of conversations, and conversations: what a busy mapper sees in an hour. */
#define SCOPE_MAX_FLOWS 20000u

/* Endpoints that a mapper named and that a client may connect to. */
#define SCOPE_MAX_EXPECTED 100000u

/* Of one list of entries, so many are remembered as endpoints: all that a page has. */
#define SCOPE_MAX_ANSWER 500u

/* Bytes that wait for others before them, of one direction of a connection: a large
 * receive window, or a few segments that a card put together. And in how many pieces. */
#define SCOPE_MAX_EARLY (256u * 1024u)
#define SCOPE_MAX_EARLY_PIECES 64u

/* Bytes that all connections together may hold. */
#define SCOPE_MAX_HELD (64u * 1024u * 1024u)

/* Kinds of things that were not understood, or were there instead, by their text. */
#define SCOPE_MAX_GAPS 64u

/* Packets and rules in what nft printed, and the longest line of it that is looked at. */
#define SCOPE_MAX_TRACED 400000u
#define SCOPE_MAX_RULES 20000u
#define SCOPE_MAX_LINE 4096u

/* Names that --name gives. */
#define SCOPE_MAX_NAMES 64u

/* Conversations, rows and packets that one drawing has. More than that nobody looks at, and
 * browsers become slow. JSON has all. */
#define SCOPE_MAX_DRAWN 200u
#define SCOPE_MAX_ROWS 400u
#define SCOPE_MAX_LISTED 5000u

#endif
