#include "events/contract/contract.h"

// Put there by mseavro_embed in src/CMakeLists.txt.
extern "C" const char mseavro_prediction_event_schema_begin[];
extern "C" const char mseavro_prediction_event_schema_end[];
extern "C" const char mseavro_label_event_schema_begin[];
extern "C" const char mseavro_label_event_schema_end[];

namespace mseavro {

std::string_view prediction_event_schema() {
  return {mseavro_prediction_event_schema_begin, mseavro_prediction_event_schema_end};
}

std::string_view label_event_schema() {
  return {mseavro_label_event_schema_begin, mseavro_label_event_schema_end};
}

}  // namespace mseavro
