// Whatever bytes come as a query are answered, with data or with errors, in bounded time: read, validated and executed
// against a small schema whose objects never end.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "graphql/execute.h"

namespace {

using faultline::graphql::Call;
using faultline::graphql::FieldError;
using faultline::graphql::Json;
using faultline::graphql::Resolvers;
using faultline::graphql::Schema;

const Schema& schema() {
  static const Schema kSchema = Schema::parse(R"(
    scalar Any
    enum Color { RED GREEN }
    interface Node { id: ID! }
    union Thing = A | B
    input In { a: Int! = 1  b: [In!]  c: Color  any: Any }
    type Query { a(i: Int = 2, f: Float, s: String, l: [[Int!]], in: In, c: Color = RED, b: Boolean! = true): A
                 node(id: ID!): Node  things(first: Int!): [Thing]!  fails: Int!  text(s: String): String }
    type Mutation { a(in: In!): A! }
    type A implements Node { id: ID!  a: A!  node: Node  things: [Thing!]  fails: Int }
    type B implements Node { id: ID!  color(c: Color): Color  none: [Int!]! }
  )");
  return kSchema;
}

const Resolvers& resolvers() {
  static const Resolvers kResolvers = [] {
    const Json a = {{"__typename", "A"}, {"id", 1}}, b = {{"__typename", "B"}, {"id", "2"}};
    const Json things = {a, b};
    const auto give = [](const Json& json) { return [json](const Call&) { return json; }; };
    const auto fail = [](const Call&) -> Json { throw FieldError("fails", "FAILS"); };
    Resolvers all(schema());
    all.add("Query.a", give(a)).add("Mutation.a", give(a)).add("A.a", give(a));
    all.add("Query.node", give(b)).add("A.node", give(a));
    all.add("Query.things", give(things)).add("A.things", give(things));
    all.add("Query.fails", fail).add("A.fails", fail);
    all.add("Query.text", [](const Call& call) { return call.arguments["s"]; });
    all.add("B.color", [](const Call& call) { return call.arguments["c"]; });
    return all;
  }();
  return kResolvers;
}

void require(bool good, const char* what) {
  if (!good) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

void check(const faultline::graphql::Request& request) {
  const auto prepared = faultline::graphql::prepare(schema(), request);
  const Json answer = Json::parse(faultline::graphql::execute(resolvers(), prepared).json());
  require(answer.contains("data") || answer.contains("errors"), "there is an answer");
  require(prepared.errors.empty() || !answer.contains("data"), "a wrong request has no data");
  require(!answer.contains("errors") || !answer["errors"].empty(), "errors are there when there are any");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  static const Json kVariables =
      Json::parse(R"({"i": 1, "s": "a", "yes": true, "in": {"b": {"c": "RED"}}, "none": null})");
  check({.query = query, .variables = kVariables});
  check({.query = query, .variables = kVariables, .operation_name = "M"});
  return 0;
}
