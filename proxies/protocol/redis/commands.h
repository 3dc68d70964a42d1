#pragma once
// Where a command's keys are among its arguments (Redis: "Key specifications", and the answer to COMMAND).

#include <string_view>

namespace faultline::protocol::redis {

struct Keys {
  enum class Kind {
    none,       // it has none, or it is not known
    range,      // from argument `first` to `last` (from the end when negative: -1 is the last), each `step`
    counted,    // argument `last` says how many there are; they begin at `first`
    streams,    // half of what follows the word STREAMS
    container,  // the command is named by its second word too: CLIENT SETNAME
  };
  Kind kind = Kind::none;
  int first = 0, last = 0, step = 0;  // argument 0 is the command; of "MEMORY USAGE" 0 is MEMORY
};

/// `command` in capitals, a subcommand behind a space.
Keys keys_of(std::string_view command);

}  // namespace faultline::protocol::redis
