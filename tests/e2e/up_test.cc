// An environment that is kept up until Ctrl-C, for work by hand.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// Starts it, asks something when it is up, with what it said in $out, and ends it as Ctrl-C does.
Said up(const std::string& arguments, const std::string& ask) {
  const Scratch scratch;
  const std::string out = (scratch / "out").string();
  return shell("./faultline up " + arguments + " --out " + (scratch / "run").string() + " >" + out +
               " 2>&1 & pid=$!; out=" + out +
               "; until grep -q 'Ctrl-C ends everything' $out; do kill -0 $pid || break; sleep 0.02; done; " +
               ask + "; kill -INT $pid; wait $pid; status=$?; cat $out; exit $status");
}

TEST(Up, PrintsWhereTheServiceIsAndWhatItWasTold) {
  const Scratch scratch;
  add_suites(scratch);
  const Said said =
      up(scratch.write("quick.toml", quick()),
         "curl -s -o /dev/null -w 'service: %{http_code}\\n' $(grep -o -m1 'http://.*' $out)/healthz; "
         "eval $(grep -o -m1 'export DATABASE_URL=.*' $out); psql -tAc 'select 6 * 7' $DATABASE_URL");
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("service: 200"), ContainsRegex("\n42\n"), HasSubstr("export REDIS_URL='")));
}

TEST(Up, PrintsWherePrometheusIs) {
  const Said said =
      up("../suites/alerts/steady.toml",
         "for each in prometheus alertmanager; do curl -s -o /dev/null -w \"$each: %{http_code}\\n\" "
         "$(sed -n \"s/^$each  *\\(http.*\\)/\\1/p\" $out)/-/ready; done");
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("prometheus: 200"), HasSubstr("alertmanager: 200")));
}

TEST(Up, SaysWhatIsWrongWithItsFile) {
  const Said said = run({"up", "nosuch.toml"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, HasSubstr("nosuch.toml"));
}

}  // namespace
}  // namespace faultline::e2e
