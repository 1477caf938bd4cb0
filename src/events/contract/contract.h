// The schemas that services are advised to log with. They are installed in share/mseavro/schemas
// and are part of the binary. Any other schema is mapped to the same roles (events/role).
#pragma once

#include <string_view>

namespace mseavro {

// JSON text of mseavro.PredictionEvent and mseavro.LabelEvent; valid for the life of the process.
std::string_view prediction_event_schema();
std::string_view label_event_schema();

}  // namespace mseavro
