#include "tests/bench/pace.h"

/* Longer than that is no delay of the scheduler. */
#define PAUSE 0.05

void pace_tick(struct pace *p, double now)
{
	if (now > p->due + PAUSE)
		p->due = p->before = now;
	p->worked += now - p->before;
	p->before = now;
}

bool pace_due(struct pace *p, double now)
{
	if (p->due > now)
		return false;
	p->due += 1 / p->rate;
	p->done++;
	return true;
}

double pace_reached(const struct pace *p)
{
	return (double)p->done / p->worked;
}
