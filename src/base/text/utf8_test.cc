#include "base/text/utf8.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(Utf8, FindsWhereTextStopsBeingUtf8AndReplacesTheMaximalPart) {
  const struct {
    std::string_view text;
    size_t prefix_size;
    const char* replaced;
  } cases[] = {
      {"", 0, ""},
      {"plain", 5, "plain"},
      {"eight or more bytes of it", 25, "eight or more bytes of it"},
      {"gr\xc3\xb6\xc3\x9f, followed by plain text", 30,
       "gr\xc3\xb6\xc3\x9f, followed by plain text"},
      {"\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80"},
      {"\xff", 0, "\xef\xbf\xbd"},
      {"12345678\xff"
       "12345678",
       8,
       "12345678\xef\xbf\xbd"
       "12345678"},
      {"a\xc3", 1, "a\xef\xbf\xbd"},                                // Cut short.
      {"\xc3(", 0, "\xef\xbf\xbd("},                                // Wrong continuation.
      {"\xc0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd"},                  // Overlong.
      {"\xed\xa0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // A surrogate.
      {"\xf0\x9f\x98x", 0, "\xef\xbf\xbdx"},                        // One for the maximal part.
  };
  for (const auto& [text, prefix_size, replaced] : cases) {
    EXPECT_EQ(utf8_prefix_size(text), prefix_size) << replaced;
    std::string made = "kept ";
    append_utf8(text, &made);
    EXPECT_EQ(made, "kept " + std::string(replaced));
  }
}

TEST(Utf8, TellsAsciiWhereverAByteIsNot) {
  for (size_t size = 0; size < 600; size += 1 + size / 7) {
    std::string text(size, '\x7f');
    EXPECT_TRUE(is_ascii(text)) << size;
    for (size_t place = 0; place < size; ++place) {
      text[place] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << size << " " << place;
      text[place] = '\0';
    }
  }
}

}  // namespace
}  // namespace mseavro
