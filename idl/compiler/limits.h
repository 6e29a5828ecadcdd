/*
 * Every limit of the compiler, in one place, each with its reason. Nobody writes
 * an IDL file that comes near them; they are there so that no file whatever makes
 * the compiler crash, hang, or write C that no compiler takes.
 */
#ifndef IDL_LIMITS_H
#define IDL_LIMITS_H

/* Octets of one file. The largest ones in use have 100 KiB. */
#define IDL_MAX_FILE (1024u * 1024u)

/* Errors that are shown. Nobody reads more at a time. */
#define IDL_MAX_ERRORS 20u

/* Characters of a name. C promises that it tells only 63 apart. */
#define IDL_MAX_NAME 63u

/* Characters of a string. It may be the name of a file, of which most systems allow as many. */
#define IDL_MAX_STRING 4096u

/* Open brackets, whatever their shape: each is a few entries on the parser's stack. */
#define IDL_MAX_BRACKETS 64u

/* Levels of an expression. Whoever walks through one calls itself for each. */
#define IDL_MAX_EXPR_DEPTH 64u

/* Levels of pointers, arrays and structures in one type, for the same reason. */
#define IDL_MAX_TYPE_DEPTH 64u

/* Structures, unions and enumerations of one compilation: check_recursion.c calls itself
 * for each that refers to the next. */
#define IDL_MAX_TYPES 4000u

/* Octets of one value in C, without what its sizes say. A stub has room for 4 MiB
 * (RPC_MAX_STUB), and no structure may use it up on its own. */
#define IDL_MAX_OCTETS (1024u * 1024u)

/* Dimensions of an array. */
#define IDL_MAX_DIMENSIONS 3u

/* Pointers to pointers in one declaration. */
#define IDL_MAX_POINTERS 8u

#endif
