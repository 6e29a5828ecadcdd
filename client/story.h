/*
 * What the user sees on standard error while the program works: with -v the
 * story of the steps, a line each with the time since the start; on a terminal
 * a word on what is being waited for, wiped away afterwards.
 */
#ifndef CLIENT_STORY_H
#define CLIENT_STORY_H

#include <stdbool.h>

struct story {
	bool verbose;
	bool terminal;
	bool waiting; /* a line about waiting is on the screen */
	double began;
};

/* Milliseconds on a clock that only goes forward. */
double story_clock(void);

void story_init(struct story *s, bool verbose);
/* One line, if -v was given. Foreign text in it is escaped by the caller. */
void story_tell(struct story *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Called about every second while something is waited for, since `began` (of
 * story_clock). Says so on a terminal from the third second on. */
void story_wait(struct story *s, const char *what, double began);
/* Wipes that away. */
void story_clear(struct story *s);

#endif
