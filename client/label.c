#include "client/label.h"

#include <stdio.h>

#include "rpc/known.h"

char *label_version(const struct syntax_id *id, char text[LABEL_VERSION_LEN])
{
	snprintf(text, LABEL_VERSION_LEN, "%u.%u", id->major, id->minor);
	return text;
}

char *label_interface(const struct syntax_id *id, char text[LABEL_LEN])
{
	const char *name = known_name(&id->uuid);
	char uuid[UUID_TEXT_LEN], version[LABEL_VERSION_LEN];

	snprintf(text, LABEL_LEN, "%s %s", name != NULL ? name : uuid_format(&id->uuid, uuid),
	         label_version(id, version));
	return text;
}
