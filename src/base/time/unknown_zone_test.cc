#include "base/time/unknown_zone.h"

#include <gtest/gtest.h>

#include <vector>

namespace mseavro {
namespace {

const std::vector<std::string> kZones = {
    "America/Indiana/Knox", "America/Los_Angeles", "America/New_York",
    "Asia/Kolkata",         "Europe/Berlin",       "Europe/Dublin",
    "Europe/London",        "US/Pacific",          "UTC"};

TEST(UnknownZone, SuggestsCloseNames) {
  const struct {
    std::string_view name;
    const char* help;
  } cases[] = {
      {"Europe/Berln", "did you mean Europe/Berlin?"},
      {"europe/berlin", "did you mean Europe/Berlin?"},
      {"Berlin", "did you mean Europe/Berlin?"},
      {"US/Los_Angeles", "did you mean America/Los_Angeles?"},
      {"new york", "did you mean America/New_York?"},
      {"America/NewYork", "did you mean America/New_York?"},
      {"Knox", "did you mean America/Indiana/Knox?"},
      {"utc", "did you mean UTC?"},
      {"Europe/Lublin", "did you mean Europe/Dublin?"},
      {"Europe/Aerlin", "did you mean Europe/Berlin?"},
      {"PST", "use an IANA name such as Europe/Berlin, or UTC"},
      {"", "use an IANA name such as Europe/Berlin, or UTC"},
      {"Mars/Olympus_Mons", "use an IANA name such as Europe/Berlin, or UTC"},
  };
  for (const auto& [name, help] : cases) {
    const Error error = unknown_zone_error(name, kZones);
    EXPECT_EQ(error.code, ErrorCode::kBadTimeZone);
    EXPECT_EQ(error.value, name);
    EXPECT_EQ(error.help, help) << name;
  }
}

TEST(UnknownZone, NamesSeveralThatAreEquallyClose) {
  const std::vector<std::string> zones = {"A/Aaaab", "A/Aaaac", "A/Aaaad", "A/Aaaae"};
  EXPECT_EQ(unknown_zone_error("A/Aaaax", zones).help,
            "did you mean A/Aaaab or A/Aaaac or A/Aaaad?");
}

TEST(UnknownZone, ComparesNoEndlessNames) {
  EXPECT_EQ(unknown_zone_error(std::string(1 << 20, 'x'), kZones).help,
            "use an IANA name such as Europe/Berlin, or UTC");
}

TEST(UnknownZone, SaysHowToGetADatabaseThatIsMissing) {
  const Error error = unknown_zone_error("Europe/Berlin", {});
  EXPECT_EQ(error.code, ErrorCode::kBadTimeZone);
  EXPECT_NE(error.message.find("no usable time-zone database"), std::string::npos);
  EXPECT_NE(error.help.find("install tzdata"), std::string::npos);
}

}  // namespace
}  // namespace mseavro
