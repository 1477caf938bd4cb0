// Whether an event leaves lines to those behind it.
#pragma once

#include "events/logline/line_rules.h"

namespace mseavro {

// A way in which lines of an event may look, and the event.
struct WayOfEvent {
  const CompiledEvent& event;
  const EventWay& way;
};

// Whether it is plain that `first` takes every line that `second` would take. Only ways with the
// same literal texts are compared; of others it is not said, as of "a{x}" and "ab{x}". `rules` are
// those of both.
bool takes_all_lines(const LineRules& rules, const WayOfEvent& first, const WayOfEvent& second);

}  // namespace mseavro
