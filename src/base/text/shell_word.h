// Names in commands that people are told to type.
#pragma once

#include <string>

namespace mseavro {

// `text` as a shell takes it for one word: in single quotes, where it needs them.
std::string shell_word(const std::string& text);

}  // namespace mseavro
