// A schema as JSON text.
#pragma once

#include <string>

#include "avro/schema/schema.h"

namespace mseavro {

// Laid out for people; parsing it gives an equal schema. Nothing that Schema holds is lost: docs,
// aliases, defaults, orders and unknown properties are written as well. Namespaces are written
// where they change, and a name that would be found elsewhere is written in full. No line feed at
// the end.
std::string print_schema(const Schema& schema);

// A type in a few words, for messages: "long (timestamp-millis)", "record shop.Order", "union of
// null, string", "array".
std::string type_words(const Schema& schema, NodeIndex index);

}  // namespace mseavro
