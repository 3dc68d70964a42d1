#pragma once
// After the load: waits for the webhooks that are still to come, and writes all that came into the journal.

#include <vector>

#include "core/journal.h"
#include "loop/stop.h"
#include "run/load_recorder.h"
#include "scenario/scenario.h"
#include "webhook_receiver/receiver.h"

namespace faultline::run {

/// Of each of the runs that was announced a webhook is expected; it is waited for until the receiver has answered one for
/// each of them in time, for `wanted.settle` at most. `start` is the start of the run.
void collect_webhooks(const scenario::WebhookReceiver& wanted, const webhook_receiver::Receiver& receiver,
                      const std::vector<AcceptedRun>& ended, Instant start, Journal::Producer& journal,
                      const Stop& stop);

}  // namespace faultline::run
