#pragma once
// What a flow's setup and teardown do: a journey that is made once, outside of the load.

#include <map>
#include <string>

#include "http/message.h"
#include "load/flow.h"
#include "load/secrets.h"
#include "loadtest/test.h"

namespace faultline::loadtest {

/// Makes the journey of the flow, and waits for its end. Returns what it captured. Throws EnvironmentError when it does not
/// come to its end: it names the request that ended it, and what the answer was.
std::map<std::string, std::string> make_once(const load::Flow& flow, const load::Journey& journey,
                                             const LoadTest& test, const http::Url& service,
                                             const load::Secrets& secrets);

}  // namespace faultline::loadtest
