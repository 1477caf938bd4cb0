// JSON as text: strings, and values laid out for people.
#pragma once

#include <string>
#include <string_view>

namespace mseavro {

// Appends `text`, which is UTF-8, as a JSON string. Only what must be escaped is.
void append_json_string(std::string_view text, std::string& json);

// Lays out JSON that has no spaces between its tokens: a value stands on one line when it fits, and
// the outermost is always broken. No line feed at the end.
//
//   {"type":"record","fields":[]}   becomes   {
//                                               "type": "record",
//                                               "fields": []
//                                             }
std::string lay_out_json(std::string_view compact);

}  // namespace mseavro
