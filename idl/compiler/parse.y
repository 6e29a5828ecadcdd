/*
 * The parser: the grammar of IDL files. Its result is made of what decl.h describes.
 *
 * The grammar is that of C706 chapter 4 with what MIDL adds, and a bit wider: which
 * attributes go together, or which types an operation may return, is for check*.c to
 * judge, because it can say more about it than "not expected here".
 *
 * After a mistake the parser goes on behind the next semicolon, or behind the body in
 * which it happened. That is what the rules with `error` are for; surprise.c has the rest.
 */
%code requires {
#include "idl/compiler/parser.h"
}

%code provides {
/* The next token, by scan.l. */
int parse_lex(PARSE_STYPE *value, PARSE_LTYPE *at, struct parser *p);
}

%code {
#include <string.h>

/* A rule's text goes from that of its first part to that of its last. */
#define YYLLOC_DEFAULT(current, parts, n)                                                                    \
	do {                                                                                                 \
		(current) = YYRHSLOC(parts, (n) > 0 ? 1 : 0);                                                \
		(current).end = YYRHSLOC(parts, n).end;                                                      \
		if ((n) == 0)                                                                                \
			(current).begin = (current).end;                                                     \
	} while (0)

/* What keeps to the limits on brackets and pointers needs less. */
#define YYMAXDEPTH 2000

/* A new struct: NEW(struct label, .is_default = true). */
#define NEW(type, ...) memcpy(idl_alloc(sizeof(type)), &(type){__VA_ARGS__}, sizeof(type))

static void parse_error(const struct span *at, struct parser *p, const char *message);
static struct span from_to(struct span first, struct span last);
static struct attribute *join(struct attribute *first, struct attribute *second);
static enum base_kind unsigned_of(enum base_kind kind);
static struct expr *node(struct parser *p, enum expr_kind kind, struct idl_pos pos, struct expr *a,
                         struct expr *b);
}

%define api.prefix {parse_}
%define api.pure full
%define api.token.prefix {TOKEN_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%param {struct parser *p}
%initial-action { @$ = p->token; }

%token YYEOF 0 "the end of the file"
%token INTERFACE "'interface'" IMPORT "'import'" CPP_QUOTE "'cpp_quote'"
%token CONST "'const'" TYPEDEF "'typedef'" STRUCT "'struct'" UNION "'union'" ENUM "'enum'"
%token SWITCH "'switch'" CASE "'case'" DEFAULT "'default'"
%token VOID "'void'" HANDLE "'handle_t'" UNSIGNED "'unsigned'" INT "'int'" CHAR "'char'"
%token SMALL "'small'" SHORT "'short'" LONG "'long'" HYPER "'hyper'"
%token <enum base_kind> BASE "a type"
%token <const char *> NAME "a name" STRING "a string" TEXT "a text"
%token <int64_t> NUMBER "a number"
%token SHIFT_LEFT "'<<'" SHIFT_RIGHT "'>>'"

%left '|'
%left '^'
%left '&'
%left SHIFT_LEFT SHIFT_RIGHT
%left '+' '-'
%left '*' '/' '%'
%precedence UNARY

%nterm <struct decl *> items contents decls decl
%nterm <struct attribute *> header attributes attributes_opt attribute_list attribute
%nterm <struct argument *> strings arguments argument
%nterm <struct spec *> spec type union_switch
%nterm <enum base_kind> base signed
%nterm <struct enumerator_decl *> enum_body enumerators enumerator
%nterm <struct member *> struct_body members member union_body arms arm params param_list param
%nterm <struct label *> labels label
%nterm <struct declarator *> declarators declarator
%nterm <struct bound *> bounds
%nterm <unsigned> pointers
%nterm <struct expr *> expr
%nterm <const char *> attribute_name name_opt

%%

file: items                             { p->decls = $1; DECL_REVERSE(p->decls); };

items:
	%empty                          { $$ = NULL; }
	| items header INTERFACE NAME contents semicolon_opt {
		$$ = NEW(struct decl, .kind = DECL_INTERFACE, .span = from_to(@3, @4), .pos = @4.pos,
		         .name = $4, .attributes = $2, .decls = $5, .next = $1);
	}
	| items IMPORT strings ';'      {
		$$ = NEW(struct decl, .kind = DECL_IMPORT, .files = $3, .next = $1);
		DECL_REVERSE($$->files);
	}
	| items cpp_quote
	| items error                   { $$ = NULL; YYABORT; }
	;

header:
	%empty                          { $$ = NULL; }
	| attributes
	| '[' error ']'                 { $$ = NULL; yyerrok; }
	;

strings:
	STRING                          { $$ = NEW(struct argument, .pos = @1.pos, .text = $1); }
	| strings ',' STRING            {
		$$ = NEW(struct argument, .pos = @3.pos, .text = $3, .next = $1);
	}
	;

cpp_quote: CPP_QUOTE '(' STRING ')' semicolon_opt { (void)$3; };

semicolon_opt: %empty | ';';

/* ---- what an interface holds --------------------------------------------------------- */

contents:
	'{' decls '}'                   { $$ = $2; DECL_REVERSE($$); }
	| '{' decls decl '}'            { $$ = NULL; surprise_no_semicolon(p, &@3); (void)$2, (void)$3; }
	| '{' decls error '}'           { $$ = NULL; (void)$2; yyerrok; }
	;

decls:
	%empty                          { $$ = NULL; }
	| decls decl ';'                { $$ = $2; $$->span = @2; $$->next = $1; }
	| decls IMPORT strings ';'      {
		$$ = NEW(struct decl, .kind = DECL_IMPORT, .files = $3, .next = $1);
		DECL_REVERSE($$->files);
	}
	| decls cpp_quote
	| decls error ';'               { yyerrok; }
	;

decl:
	CONST spec pointers NAME '=' expr {
		$$ = NEW(struct decl, .kind = DECL_CONST, .pos = @4.pos, .name = $4, .spec = $2,
		         .pointers = $3, .value = $6);
	}
	| CONST spec pointers NAME '=' STRING {
		$$ = NEW(struct decl, .kind = DECL_CONST, .pos = @4.pos, .name = $4, .spec = $2,
		         .pointers = $3, .string = $6);
	}
	| TYPEDEF attributes_opt const_opt spec declarators {
		$$ = NEW(struct decl, .kind = DECL_TYPEDEF, .pos = @1.pos, .attributes = $2, .spec = $4,
		         .declarators = $5);
		DECL_REVERSE($$->declarators);
	}
	| attributes_opt spec           {
		$$ = NEW(struct decl, .kind = DECL_TYPE, .pos = @2.pos, .attributes = $1, .spec = $2);
	}
	| attributes_opt spec pointers NAME '(' params ')' {
		$$ = NEW(struct decl, .kind = DECL_OPERATION, .pos = @4.pos, .name = $4, .attributes = $1,
		         .spec = $2, .pointers = $3, .params = $6);
		DECL_REVERSE($$->params);
	}
	;

params:
	%empty                          { $$ = NULL; }
	| param_list
	;

param_list:
	param
	| param_list ',' param          { $$ = $3; $$->next = $1; }
	;

param:
	attributes_opt const_opt spec   { /* (void), or a name is missing */
		$$ = NEW(struct member, .pos = @3.pos, .attributes = $1, .head = from_to(@1, @3), .spec = $3);
	}
	| attributes_opt const_opt spec declarator {
		$$ = NEW(struct member, .pos = @4.pos, .attributes = $1, .head = from_to(@1, @3), .spec = $3,
		         .declarators = $4);
	}
	;

/* ---- attributes ------------------------------------------------------------------------- */

attributes_opt:
	%empty                          { $$ = NULL; }
	| attributes
	;

attributes: '[' attribute_list ']'      { $$ = $2; DECL_REVERSE($$); };

attribute_list:
	attribute
	| attribute_list ',' attribute  { $$ = $3; $$->next = $1; }
	;

attribute:
	attribute_name                  { $$ = NEW(struct attribute, .pos = @1.pos, .name = $1); }
	| attribute_name '(' arguments ')' {
		$$ = NEW(struct attribute, .pos = @1.pos, .name = $1, .arguments = $3);
		DECL_REVERSE($$->arguments);
	}
	;

attribute_name:
	NAME
	| CASE                          { $$ = "case"; }
	| DEFAULT                       { $$ = "default"; }
	;

arguments:
	argument
	| arguments ',' argument        { $$ = $3; $$->next = $1; }
	;

argument:
	%empty                          { $$ = NEW(struct argument, .pos = p->token.pos); }
	| expr                          { $$ = NEW(struct argument, .pos = @1.pos, .expr = $1); }
	| STRING                        { $$ = NEW(struct argument, .pos = @1.pos, .text = $1); }
	| TEXT                          { $$ = NEW(struct argument, .pos = @1.pos, .text = $1); }
	| base                          {
		$$ = NEW(struct argument, .pos = @1.pos);
		$$->spec = NEW(struct spec, .kind = SPEC_BASE, .span = @1, .base = $1);
	}
	| ENUM NAME                     {
		$$ = NEW(struct argument, .pos = @1.pos);
		$$->spec = NEW(struct spec, .kind = SPEC_ENUM, .span = @$, .name = $2);
	}
	;

/* ---- types -------------------------------------------------------------------------------- */

const_opt: %empty | CONST;

spec: type                              { $$ = $1; $$->span = @1; };

type:
	VOID                            { $$ = NEW(struct spec, .kind = SPEC_VOID); }
	| HANDLE                        { $$ = NEW(struct spec, .kind = SPEC_HANDLE); }
	| base                          { $$ = NEW(struct spec, .kind = SPEC_BASE, .base = $1); }
	| NAME                          { $$ = NEW(struct spec, .kind = SPEC_NAME, .name = $1); }
	| ENUM NAME                     { $$ = NEW(struct spec, .kind = SPEC_ENUM, .name = $2); }
	| STRUCT NAME                   { $$ = NEW(struct spec, .kind = SPEC_STRUCT, .name = $2); }
	| UNION NAME                    { $$ = NEW(struct spec, .kind = SPEC_UNION, .name = $2); }
	| ENUM name_opt enum_body       {
		$$ = NEW(struct spec, .kind = SPEC_ENUM, .name = $2, .has_body = true, .body = @3,
		         .enumerators = $3);
	}
	| STRUCT name_opt struct_body   {
		$$ = NEW(struct spec, .kind = SPEC_STRUCT, .name = $2, .has_body = true, .body = @3,
		         .members = $3);
	}
	| UNION name_opt union_body     {
		$$ = NEW(struct spec, .kind = SPEC_UNION, .name = $2, .has_body = true, .body = @3,
		         .members = $3);
	}
	| UNION name_opt union_switch name_opt union_body {
		$$ = $3;
		$$->name = $2;
		$$->union_name = $4;
		$$->union_pos = @4.pos;
		$$->body = @5;
		$$->members = $5;
	}
	;

union_switch:
	SWITCH '(' spec NAME ')'        {
		$$ = NEW(struct spec, .kind = SPEC_UNION, .has_body = true, .switch_type = $3,
		         .switch_name = $4, .switch_pos = @4.pos);
	}
	;

name_opt:
	%empty                          { $$ = NULL; }
	| NAME
	;

base:
	BASE
	| CHAR                          { $$ = BASE_CHAR; }
	| UNSIGNED CHAR                 { $$ = BASE_CHAR; }
	| INT                           { $$ = BASE_LONG; }
	| signed int_opt
	| UNSIGNED int_opt              { $$ = BASE_ULONG; }
	| UNSIGNED signed int_opt       { $$ = unsigned_of($2); }
	| signed UNSIGNED int_opt       { $$ = unsigned_of($1); }
	;

signed:
	SMALL                           { $$ = BASE_SMALL; }
	| SHORT                         { $$ = BASE_SHORT; }
	| LONG                          { $$ = BASE_LONG; }
	| HYPER                         { $$ = BASE_HYPER; }
	;

int_opt: %empty | INT;

enum_body:
	'{' enumerators comma_opt '}'   { $$ = $2; DECL_REVERSE($$); }
	| '{' error '}'                 { $$ = NULL; yyerrok; }
	;

comma_opt: %empty | ',';

enumerators:
	enumerator
	| enumerators ',' enumerator    { $$ = $3; $$->next = $1; }
	;

enumerator:
	NAME                            { $$ = NEW(struct enumerator_decl, .pos = @1.pos, .name = $1); }
	| NAME '=' expr                 {
		$$ = NEW(struct enumerator_decl, .pos = @1.pos, .name = $1, .value = $3);
	}
	;

struct_body:
	'{' members '}'                 { $$ = $2; DECL_REVERSE($$); }
	| '{' members member '}'        { $$ = NULL; surprise_no_semicolon(p, &@3); (void)$2, (void)$3; }
	| '{' members error '}'         { $$ = NULL; (void)$2; yyerrok; }
	;

members:
	%empty                          { $$ = NULL; }
	| members member ';'            { $$ = $2; $$->next = $1; }
	| members error ';'             { yyerrok; }
	;

member:
	attributes_opt const_opt spec declarators {
		$$ = NEW(struct member, .pos = @4.pos, .attributes = $1, .head = from_to(@1, @3), .spec = $3,
		         .declarators = $4);
		DECL_REVERSE($$->declarators);
	}
	;

union_body:
	'{' arms '}'                    { $$ = $2; DECL_REVERSE($$); }
	| '{' arms arm '}'              { $$ = NULL; surprise_no_semicolon(p, &@3); (void)$2, (void)$3; }
	| '{' arms error '}'            { $$ = NULL; (void)$2; yyerrok; }
	;

arms:
	%empty                          { $$ = NULL; }
	| arms arm ';'                  { $$ = $2; $$->next = $1; }
	| arms error ';'                { yyerrok; }
	;

arm:
	member
	| attributes attributes const_opt spec declarators { /* [case(1)] [string] char *s */
		$$ = NEW(struct member, .pos = @5.pos, .attributes = join($1, $2), .head = from_to(@1, @4),
		         .spec = $4, .declarators = $5);
		DECL_REVERSE($$->declarators);
	}
	| labels member                 { $$ = $2; $$->labels = $1; DECL_REVERSE($$->labels); }
	| labels                        {
		$$ = NEW(struct member, .pos = @1.pos, .labels = $1, .head = @1);
		DECL_REVERSE($$->labels);
	}
	| attributes                    {
		$$ = NEW(struct member, .pos = @1.pos, .attributes = $1, .head = @1);
	}
	;

labels:
	label
	| labels label                  { $$ = $2; $$->next = $1; }
	;

label:
	CASE expr ':'                   { $$ = NEW(struct label, .pos = @2.pos, .expr = $2); }
	| DEFAULT ':'                   { $$ = NEW(struct label, .pos = @1.pos, .is_default = true); }
	;

/* ---- declarators ---------------------------------------------------------------------------- */

declarators:
	declarator
	| declarators ',' declarator    { $$ = $3; $$->next = $1; }
	;

declarator:
	pointers NAME bounds            {
		$$ = NEW(struct declarator, .span = @$, .pos = @2.pos, .name = $2, .pointers = $1,
		         .bounds = $3);
		DECL_REVERSE($$->bounds);
	}
	;

pointers:
	%empty                          { $$ = 0; }
	| pointers '*'                  { $$ = $1 + 1; }
	;

bounds:
	%empty                          { $$ = NULL; }
	| bounds '[' ']'                { $$ = NEW(struct bound, .pos = @2.pos, .next = $1); }
	| bounds '[' '*' ']'            { $$ = NEW(struct bound, .pos = @2.pos, .next = $1); }
	| bounds '[' expr ']'           { $$ = NEW(struct bound, .pos = @3.pos, .count = $3, .next = $1); }
	;

/* ---- expressions ----------------------------------------------------------------------------- */

expr:
	NUMBER                          { $$ = NEW(struct expr, .pos = @1.pos, .value = $1); }
	| NAME                          {
		$$ = NEW(struct expr, .pos = @1.pos, .kind = EXPR_NAME, .name = $1);
	}
	| '(' expr ')'                  { $$ = $2; }
	| '*' expr %prec UNARY          { $$ = node(p, EXPR_DEREF, @1.pos, $2, NULL); }
	| '-' expr %prec UNARY          { $$ = node(p, EXPR_NEGATE, @1.pos, $2, NULL); }
	| '~' expr %prec UNARY          { $$ = node(p, EXPR_INVERT, @1.pos, $2, NULL); }
	| expr '+' expr                 { $$ = node(p, EXPR_ADD, @2.pos, $1, $3); }
	| expr '-' expr                 { $$ = node(p, EXPR_SUBTRACT, @2.pos, $1, $3); }
	| expr '*' expr                 { $$ = node(p, EXPR_MULTIPLY, @2.pos, $1, $3); }
	| expr '/' expr                 { $$ = node(p, EXPR_DIVIDE, @2.pos, $1, $3); }
	| expr '%' expr                 { $$ = node(p, EXPR_MODULO, @2.pos, $1, $3); }
	| expr SHIFT_LEFT expr          { $$ = node(p, EXPR_SHIFT_LEFT, @2.pos, $1, $3); }
	| expr SHIFT_RIGHT expr         { $$ = node(p, EXPR_SHIFT_RIGHT, @2.pos, $1, $3); }
	| expr '&' expr                 { $$ = node(p, EXPR_AND, @2.pos, $1, $3); }
	| expr '|' expr                 { $$ = node(p, EXPR_OR, @2.pos, $1, $3); }
	| expr '^' expr                 { $$ = node(p, EXPR_XOR, @2.pos, $1, $3); }
	;

%%

static struct span from_to(struct span first, struct span last)
{
	return (struct span){first.pos, first.begin, last.end};
}

static struct attribute *join(struct attribute *first, struct attribute *second)
{
	struct attribute *last = first;

	while (last->next != NULL)
		last = last->next;
	last->next = second;
	return first;
}

static enum base_kind unsigned_of(enum base_kind kind)
{
	switch (kind) {
	case BASE_SMALL:
		return BASE_USMALL;
	case BASE_SHORT:
		return BASE_USHORT;
	case BASE_HYPER:
		return BASE_UHYPER;
	default:
		return BASE_ULONG;
	}
}

/* A node of an expression above one or two others. */
static struct expr *node(struct parser *p, enum expr_kind kind, struct idl_pos pos, struct expr *a,
                         struct expr *b)
{
	unsigned depth = 1 + (b != NULL && b->depth > a->depth ? b->depth : a->depth);

	if (depth > IDL_MAX_EXPR_DEPTH && !p->give_up) {
		source_error(p->idl, pos, "this expression has more than %u levels", IDL_MAX_EXPR_DEPTH);
		p->give_up = true;
	}
	return NEW(struct expr, .pos = pos, .kind = kind, .a = a, .b = b, .depth = depth);
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *p)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	const char *names[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);

	for (int i = 0; i < n; i++)
		names[i] = yysymbol_name(kinds[i]);
	surprise_report(p, yysymbol_name(yypcontext_token(context)), names, (size_t)(n > 0 ? n : 0));
	return 0;
}

/* Bison calls this only when its stack is full. */
static void parse_error(const struct span *at, struct parser *p, const char *message)
{
	(void)message;
	source_error(p->idl, at->pos, "there is too much nested in each other here");
	p->give_up = true;
}
