/*
 * From the tree to C. Three files are written for an IDL file NAME.idl:
 *
 *     NAME.h     types; a structure an operation; the entry point vector (EPV) that a
 *                server fills in; the functions that a client calls
 *     NAME_c.c   the client's stub: puts the [in] parameters, gets the [out] ones; and
 *                describes them all, in tables
 *     NAME_s.c   the server's stub: gets the [in] ones, calls the EPV, puts the others
 *
 * All are straight lines of calls to rpc/ndr.h, each below the piece of IDL that it
 * comes from, as a comment.
 *
 *     emit.c          lines, names, text
 *     emit_ctype.c    a type as C declares it
 *     emit_layout.c   a type as it lies on the wire: alignment, size
 *     emit_expr.c     size_is(...) and its like as C
 *     emit_get.c      decoding one field or parameter
 *     emit_put.c      encoding one
 *     emit_type.c     the functions for structures and unions
 *     emit_desc.c     tables that describe the parameters
 *     emit_header.c emit_client.c emit_server.c   the files
 */
#ifndef IDL_EMIT_H
#define IDL_EMIT_H

#include <stdio.h>

#include "idl/compiler/ast.h"

/* Errors in writing are left in the stream. */
void emit_header(const struct idl *idl, FILE *f);
void emit_client(const struct idl *idl, FILE *f);
void emit_server(const struct idl *idl, FILE *f);
#endif
