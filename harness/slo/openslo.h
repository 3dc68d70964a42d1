#pragma once
// Objectives of an OpenSLO file (github.com/OpenSLO/OpenSLO), versions openslo/v1 and openslo/v1alpha: several documents, or
// a list of them, of which those of kind SLO become objectives, and those of kind SLI are what they refer to. What an
// indicator asks its metric source for is opaque to all but that source, so an annotation says which of our events it is
// about, by a word of objective.h that OpenSLO's schema lets an annotation have:
//
//   metadata:
//     name: availability
//     annotations:
//       faultline.dev/indicator: requests-within-200ms
//
// It may be on the SLO, on its inline indicator, or on the SLI that it refers to. docs/slo.md has the rest of the mapping.
// Bounds are those of yaml.h.

#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "slo/objective.h"

namespace faultline::slo {

inline constexpr std::string_view kAnnotation = "faultline.dev/indicator";

/// `file` names the text in problems. An SLO with several objectives gives one each, NAME/DISPLAYNAME, or NAME/1, NAME/2
/// where they have no names.
std::vector<Objective> read_openslo(std::string_view text, const std::string& file, Diagnostics& problems);

}  // namespace faultline::slo
