#include "slo/openslo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "yaml/yaml.h"

namespace faultline::slo {
namespace {

using yaml::Member;
using Yaml = yaml::Value;
using Names = std::vector<std::string>;

enum class Version { v1, v1alpha };

constexpr double kPercent = 100;

// Kinds that say nothing of an objective.
const Names& other_kinds() {
  static const Names kKinds = {"Service", "DataSource", "AlertPolicy", "AlertCondition",
                               "AlertNotificationTarget"};
  return kKinds;
}

class Reader {
 public:
  Reader(std::string file, Diagnostics& problems) : file_(std::move(file)), problems_(problems) {}

  std::vector<Objective> read(const std::vector<Yaml>& documents) {
    for (const Yaml& document : documents) {
      for (const Yaml* object : as_list(document)) {
        sort_in(*object);
      }
    }
    for (const Slo& slo : slos_) {
      read_slo(slo);
    }
    if (slos_.empty() && problems_.empty()) {
      problems_.push_back({{file_}, "there is no document of kind SLO here", {}});
    }
    return std::move(objectives_);
  }

 private:
  struct Slo {
    Version version{};
    const Yaml& document;
    std::string name;
  };

  void problem(const Yaml& at, std::string message, std::string suggestion = {}) {
    problems_.push_back({{file_, at.line, at.column}, std::move(message), std::move(suggestion)});
  }

  // A member that must be a map, a list, a text …; what is there but is none is reported, and none is there then.
  const Yaml* get(const Yaml& map, const std::string& name, Yaml::Kind kind) {
    const Yaml* found = map.find(name);
    if (!found || found->kind == Yaml::Kind::none || found->kind == kind) {
      return found && found->kind == kind ? found : nullptr;
    }
    const char* what = kind == Yaml::Kind::map ? "a map" : kind == Yaml::Kind::list ? "a list" : "a text";
    problem(*found, fmt::format("'{}' must be {}", name, what));
    return nullptr;
  }
  const Yaml* required(const Yaml& map, const std::string& name, Yaml::Kind kind) {
    const Yaml* found = map.find(name);
    if (!found || found->kind == Yaml::Kind::none) {
      problem(map, fmt::format("'{}' is missing", name));
      return nullptr;
    }
    return get(map, name, kind);
  }
  std::string text(const Yaml& map, const std::string& name) {
    const Yaml* found = get(map, name, Yaml::Kind::text);
    return found ? found->text : "";
  }
  std::string required_text(const Yaml& map, const std::string& name) {
    const Yaml* found = required(map, name, Yaml::Kind::text);
    return found ? found->text : "";
  }

  // Whatever else is there is a misspelling of these.
  void only(const Yaml& map, const std::string& of, const Names& known) {
    for (const Member& member : map.members) {
      if (std::find(known.begin(), known.end(), member.name) == known.end()) {
        problems_.push_back(
            {{file_, member.line, member.column},
             fmt::format("{} has no '{}' (known: {})", of, member.name, fmt::join(known, ", ")),
             did_you_mean(member.name, known)});
      }
    }
  }

  void one_of(const Yaml& value, const std::string& what, const Names& known) {
    problem(value, fmt::format("unknown {} '{}' (known: {})", what, value.text, fmt::join(known, ", ")),
            did_you_mean(value.text, known));
  }

  void sort_in(const Yaml& object) {
    if (object.kind != Yaml::Kind::map) {
      problem(object, "a document of OpenSLO is a map with apiVersion, kind, metadata and spec");
      return;
    }
    const Yaml* version = required(object, "apiVersion", Yaml::Kind::text);
    const Yaml* kind = required(object, "kind", Yaml::Kind::text);
    if (!version || !kind) {
      return;
    }
    if (version->text != "openslo/v1" && version->text != "openslo/v1alpha") {
      one_of(*version, "apiVersion", {"openslo/v1", "openslo/v1alpha"});
      return;
    }
    if (std::find(other_kinds().begin(), other_kinds().end(), kind->text) != other_kinds().end()) {
      return;
    }
    if (kind->text != "SLO" && kind->text != "SLI") {
      Names known = other_kinds();
      known.insert(known.begin(), {"SLO", "SLI"});
      one_of(*kind, "kind", known);
      return;
    }
    const Yaml* metadata = required(object, "metadata", Yaml::Kind::map);
    const std::string name = metadata ? required_text(*metadata, "name") : "";
    if (name.empty()) {
      return;
    }
    if (kind->text == "SLI") {
      if (!slis_.emplace(name, &object).second) {
        problem(*metadata->find("name"), fmt::format("there are two SLIs '{}'", name));
      }
    } else {
      slos_.push_back({version->text == "openslo/v1" ? Version::v1 : Version::v1alpha, object, name});
    }
  }

  void read_slo(const Slo& slo) {
    const Yaml* spec = required(slo.document, "spec", Yaml::Kind::map);
    if (!spec) {
      return;
    }
    if (slo.version == Version::v1) {
      only(*spec, "spec",
           {"description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod",
            "objectives", "alertPolicies"});
    } else {
      only(*spec, "spec",
           {"description", "service", "indicator", "timeWindows", "budgetingMethod", "objectives"});
    }
    read_budgeting_method(*spec);
    read_time_window(*spec, slo.version);
    const auto good = read_indicator(slo, *spec);
    const Yaml* objectives = required(*spec, "objectives", Yaml::Kind::list);
    if (!objectives) {
      return;
    }
    if (objectives->items.empty()) {
      problem(*objectives, "an SLO has at least one objective");
    }
    const std::string summary = text(*spec, "description");
    for (std::size_t i = 0; i < objectives->items.size(); ++i) {
      const Yaml& each = objectives->items[i];
      if (each.kind != Yaml::Kind::map) {
        problem(each, "an objective is a map with a target");
        continue;
      }
      const auto target = read_target(each, slo.version);
      if (good && target) {
        add({name_of(slo, each, i, objectives->items.size()), summary_of(slo, summary), *target, *good},
            each);
      }
    }
  }

  std::string name_of(const Slo& slo, const Yaml& objective, std::size_t index, std::size_t count) {
    if (count == 1) {
      return slo.name;
    }
    const std::string own = text(objective, "displayName");
    return own.empty() ? fmt::format("{}/{}", slo.name, index + 1) : fmt::format("{}/{}", slo.name, own);
  }

  std::string summary_of(const Slo& slo, const std::string& description) {
    return description.empty() ? text(*slo.document.find("metadata"), "displayName") : description;
  }

  void add(Objective objective, const Yaml& at) {
    if (std::any_of(objectives_.begin(), objectives_.end(),
                    [&](const Objective& each) { return each.name == objective.name; })) {
      problem(at, fmt::format("there are two objectives '{}'", objective.name));
    }
    objectives_.push_back(std::move(objective));
  }

  void read_budgeting_method(const Yaml& spec) {
    const Yaml* method = required(spec, "budgetingMethod", Yaml::Kind::text);
    if (!method || method->text == "Occurrences") {
      return;
    }
    if (method->text == "Timeslices" || method->text == "RatioTimeslices") {
      problem(
          *method,
          fmt::format("budgetingMethod '{}' counts slices of time, of which a run is too short to have many",
                      method->text),
          "use 'Occurrences', which counts events");
      return;
    }
    one_of(*method, "budgetingMethod", {"Occurrences", "Timeslices", "RatioTimeslices"});
  }

  // Budgets are of a run, and the windows of burn rates those of a month: it is checked, and says nothing here.
  void read_time_window(const Yaml& spec, Version version) {
    const std::string name = version == Version::v1 ? "timeWindow" : "timeWindows";
    const Yaml* windows = get(spec, name, Yaml::Kind::list);
    if (!windows) {
      return;
    }
    if (windows->items.size() != 1) {
      problem(*windows, fmt::format("'{}' is a list of exactly one window", name));
      return;
    }
    const Yaml& window = windows->items.front();
    if (window.kind != Yaml::Kind::map) {
      problem(window, "a time window is a map");
      return;
    }
    if (version == Version::v1alpha) {
      only(window, "a time window", {"unit", "count", "isRolling", "calendar"});
      return;
    }
    only(window, "a time window", {"duration", "isRolling", "calendar"});
    const Yaml* duration = required(window, "duration", Yaml::Kind::text);
    if (duration && !is_shorthand(duration->text)) {
      problem(*duration,
              fmt::format("'{}' is no duration such as 28d: a number, and one of m, h, d, w, M, Q, Y",
                          duration->text));
    }
  }

  static bool is_shorthand(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789");
    return digits != std::string_view::npos && digits > 0 && digits + 1 == text.size() &&
           std::string_view("mhdwMQY").find(text.back()) != std::string_view::npos;
  }

  std::optional<Ratio> read_target(const Yaml& objective, Version version) {
    Names known = {"displayName", "op", "value", "target", "timeSliceTarget"};
    if (version == Version::v1) {
      known.insert(known.end(), {"targetPercent", "timeSliceWindow"});
    } else {
      known.emplace_back("ratioMetrics");
    }
    only(objective, "an objective", known);
    const Yaml* share = objective.find("target");
    const Yaml* percent = version == Version::v1 ? objective.find("targetPercent") : nullptr;
    if (share && percent) {
      problem(*percent, "a target is given as 'target' or as 'targetPercent', not as both");
      return std::nullopt;
    }
    if (!share && !percent) {
      problem(objective,
              version == Version::v1 ? "'target' or 'targetPercent' is missing" : "'target' is missing");
      return std::nullopt;
    }
    return share ? read_share(*share, "target", 1, version)
                 : read_share(*percent, "targetPercent", kPercent, version);
  }

  std::optional<Ratio> read_share(const Yaml& value, const std::string& name, double whole, Version version) {
    const auto number = value.number();
    if (number == whole) {
      problem(value, std::string(kNoBudget));
      return std::nullopt;
    }
    if (!number || *number < 0 || *number > whole) {
      const bool as_percent =
          version == Version::v1 && number && whole == 1 && *number > 1 && *number < kPercent;
      problem(value, fmt::format("'{}' is a number from 0 to {}, without it", name, whole),
              as_percent ? fmt::format("did you mean 'targetPercent: {}'?", value.text) : "");
      return std::nullopt;
    }
    // 99.9 / 100 is not the double that is nearest to 0.999, which a percentage that is read as one is.
    return whole == kPercent ? parse_ratio(value.text + '%').value_or(Ratio{*number / whole})
                             : Ratio{*number};
  }

  // By the annotation on the SLO, or on what it takes its indicator from.
  std::optional<Indicator> read_indicator(const Slo& slo, const Yaml& spec) {
    const Yaml* source = slo.version == Version::v1 ? indicator_source(slo, spec) : nullptr;
    for (const Yaml* each : {&slo.document, source}) {
      const Yaml* word = each ? annotation(*each) : nullptr;
      if (!word) {
        continue;
      }
      const auto indicator = parse_indicator(word->text);
      if (!indicator) {
        problem(
            *word,
            fmt::format("'{}' is no indicator (such as {})", word->text, fmt::join(example_words(), ", ")),
            did_you_mean(word->text, example_words()));
      }
      return indicator;
    }
    if (slo.version == Version::v1 && !source) {
      return std::nullopt;  // reported
    }
    const Yaml* asked = source ? source->find("spec") : spec.find("indicator");
    problem(
        asked ? *asked : slo.document,
        fmt::format(
            "nothing says which events of a run '{}' is about: only the source of its metric can tell what "
            "is asked of it",
            slo.name),
        fmt::format("add 'annotations: {{ {}: requests }}' to its metadata, or another of {}", kAnnotation,
                    fmt::join(example_words(), ", ")));
    return std::nullopt;
  }

  // The inline indicator, or the SLI of that name.
  const Yaml* indicator_source(const Slo& slo, const Yaml& spec) {
    const Yaml* own = get(spec, "indicator", Yaml::Kind::map);
    const Yaml* reference = get(spec, "indicatorRef", Yaml::Kind::text);
    if (own && reference) {
      problem(*reference, "an SLO has an 'indicator' or an 'indicatorRef', not both");
      return nullptr;
    }
    if (own) {
      return own;
    }
    if (!reference) {
      problem(spec, fmt::format("SLO '{}' has neither 'indicator' nor 'indicatorRef'", slo.name));
      return nullptr;
    }
    const auto found = slis_.find(reference->text);
    if (found == slis_.end()) {
      Names names;
      names.reserve(slis_.size());
      for (const auto& [name, sli] : slis_) {
        names.push_back(name);
      }
      problem(*reference, fmt::format("there is no SLI '{}' in this file", reference->text),
              did_you_mean(reference->text, names));
      return nullptr;
    }
    return found->second;
  }

  const Yaml* annotation(const Yaml& object) {
    const Yaml* metadata = get(object, "metadata", Yaml::Kind::map);
    const Yaml* annotations = metadata ? get(*metadata, "annotations", Yaml::Kind::map) : nullptr;
    if (!annotations) {
      return nullptr;
    }
    for (const Member& member : annotations->members) {
      if (member.name != kAnnotation && !did_you_mean(member.name, {std::string(kAnnotation)}).empty()) {
        problems_.push_back({{file_, member.line, member.column},
                             fmt::format("unknown annotation '{}'", member.name),
                             fmt::format("did you mean '{}'?", kAnnotation)});
      }
    }
    return get(*annotations, std::string(kAnnotation), Yaml::Kind::text);
  }

  const std::string file_;
  Diagnostics& problems_;
  std::map<std::string, const Yaml*> slis_;
  std::vector<Slo> slos_;
  std::vector<Objective> objectives_;
};

}  // namespace

std::vector<Objective> read_openslo(std::string_view text, const std::string& file, Diagnostics& problems) {
  Diagnostics own;  // what is wrong elsewhere is no reason to be silent here
  std::vector<Objective> objectives;
  if (const auto documents = yaml::read_documents(text, file, own)) {
    objectives = Reader(file, own).read(*documents);
  }
  problems.insert(problems.end(), own.begin(), own.end());
  return objectives;
}

}  // namespace faultline::slo
