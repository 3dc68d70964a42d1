#include "load/validity.h"

namespace faultline::load {

Validity read_validity(Table& file) {
  Validity validity;
  if (auto table = file.table("validity")) {
    validity.late = table->duration("late").value_or(validity.late);
    validity.late_at_most = table->ratio("late_at_most").value_or(validity.late_at_most);
    validity.started_at_least = table->ratio("started_at_least").value_or(validity.started_at_least);
    table->finish();
  }
  return validity;
}

}  // namespace faultline::load
