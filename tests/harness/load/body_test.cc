#include "load/body.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "driven.h"
#include "reading.h"
#include "scratch.h"

namespace faultline::load {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::string step_with(const std::string& lines) {
  return "[[journey.step]]\nrequest = 'POST /things'\n" + lines + "\n";
}

// The one request of such a journey, whose answer before it held what is captured.
http::Request sent(const std::string& lines) {
  Driven run("[[journey.step]]\nrequest = 'GET /word'\ncapture = { word = '/word' }\n" + step_with(lines),
             [](const auto&) { return answer(200, R"({"word":"a b&c=d\"\r\n+ü"})"); });
  run.run_to(1s);
  return run.sender.sent.size() == 2 ? run.sender.sent[1].request : http::Request{};
}

std::string type_of(const http::Request& request) {
  return std::string(request.headers.find("Content-Type").value_or("(none)"));
}

// A flow with one step, in a folder with files.
class BodyOfFiles : public ::testing::Test {
 protected:
  BodyOfFiles() {
    folder_.write("photo.png", std::string_view("\x89PNG\0\r\n--", 9));
    folder_.write("cards.csv", "number\n4242\n");
  }

  std::optional<Flow> read(const std::string& lines) {
    problems_.clear();
    Table file = Table::parse("[flow]\nname='f'\n[[journey]]\nname='j'\n" + step_with(lines),
                              (folder_ / "f.toml").string(), problems_);
    return read_flow(file, problems_);
  }
  // The bytes that are sent, where nothing has a value but the boundary.
  std::string bytes(const Flow& flow) const {
    const auto& step = std::get<RequestStep>(flow.journeys.at(0).steps.at(0));
    static const std::string kBoundary = "BOUNDARY";
    return expand(*step.body,
                  [](const std::string& name) { return name == kBoundaryName ? &kBoundary : nullptr; })
        .value_or("(nothing)");
  }

  const Scratch folder_;
  Diagnostics problems_;
};

TEST(Body, OfAFormIsEncoded) {
  const auto request =
      sent("form = { word = '${word}', 'items[0]' = 3, tag = ['a', 'b c'], sure = true, 'é' = '' }");
  EXPECT_EQ(request.body,
            "word=a+b%26c%3Dd%22%0D%0A%2B%C3%BC&items%5B0%5D=3&tag=a&tag=b+c&sure=true&%C3%A9=");
  EXPECT_EQ(type_of(request), "application/x-www-form-urlencoded");
}

TEST(Body, OfTextIsSentAsItIs) {
  const auto request = sent("body = \"id;${word}\\n\"");
  EXPECT_EQ(request.body, "id;a b&c=d\"\r\n+\xC3\xBC\n");
  EXPECT_EQ(type_of(request), "text/plain");
}

TEST(Body, OfAStepWithItsOwnTypeHasNoOther) {
  const auto request = sent("body = '<a/>'\nheaders = { content-type = 'application/xml' }");
  EXPECT_EQ(type_of(request), "application/xml");
}

TEST(Body, OfPartsIsDividedByWhatIsAnotherForEachArrival) {
  const auto request =
      sent(R"(multipart = { note = 'for ${word}', meta = { value = '{}', type = 'application/json' } })");
  const std::string boundary(*request.headers.find("traceparent"));
  EXPECT_EQ(type_of(request), "multipart/form-data; boundary=" + boundary);
  EXPECT_EQ(request.body,
            "--" + boundary +
                "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfor a b&c=d\"\r\n+\xC3\xBC\r\n--" +
                boundary +
                "\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json"
                "\r\n\r\n{}\r\n--" +
                boundary + "--\r\n");
}

TEST(Body, OfAFormHasItsTypeWhateverTheFlowSays) {
  const auto type = [](const std::string& body) {
    const Flow flow =
        flow_of("[flow]\nname='f'\nheaders={Content-Type='application/json'}\n[[journey]]\nname='j'\n" +
                step_with(body));
    const auto& headers = std::get<RequestStep>(flow.journeys.at(0).steps.at(0)).headers;
    return headers.size() == 1 ? headers[0].second.pieces.at(0).text : "";
  };
  EXPECT_EQ(type("form = { a = 'b' }"), "application/x-www-form-urlencoded");
  EXPECT_EQ(type("multipart = { a = 'b' }"), "multipart/form-data; boundary=");
  EXPECT_EQ(type("body = '{}'"), "application/json");
}

TEST_F(BodyOfFiles, IsTheBytesOfTheFile) {
  const auto flow = read("body_file = 'photo.png'");
  ASSERT_TRUE(flow) << to_text(problems_.front());
  EXPECT_EQ(bytes(*flow), std::string("\x89PNG\0\r\n--", 9));
  EXPECT_THAT(flow->files, ElementsAre(folder_ / "photo.png")) << "for a run to keep";
}

TEST_F(BodyOfFiles, MayBeAPart) {
  const auto flow = read(
      "multipart = { upload = { file = 'cards.csv', type = 'text/csv', name = 'my \"cards\".csv' }, "
      "photo = { file = 'photo.png' }, again = { file = 'photo.png', name = 'b' } }");
  ASSERT_TRUE(flow) << to_text(problems_.front());
  EXPECT_EQ(bytes(*flow),
            std::string("--BOUNDARY\r\nContent-Disposition: form-data; name=\"upload\"; "
                        "filename=\"my %22cards%22.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                        "number\n4242\n\r\n"
                        "--BOUNDARY\r\nContent-Disposition: form-data; name=\"photo\"; "
                        "filename=\"photo.png\"\r\nContent-Type: application/octet-stream\r\n\r\n") +
                std::string("\x89PNG\0\r\n--", 9) +
                "\r\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"again\"; filename=\"b\"\r\n"
                "Content-Type: application/octet-stream\r\n\r\n" +
                std::string("\x89PNG\0\r\n--", 9) + "\r\n--BOUNDARY--\r\n");
  EXPECT_EQ(flow->files.size(), 2U) << "each once";
}

TEST_F(BodyOfFiles, MustBeThereAndBesideTheFlow) {
  const auto mistakes = [&](const std::string& lines) {
    EXPECT_FALSE(read(lines));
    return lines_of(problems_);
  };
  EXPECT_THAT(mistakes("body_file = 'foto.png'"), ElementsAre("7:13 'foto.png': it cannot be read"));
  EXPECT_THAT(mistakes("body_file = '../photo.png'"),
              ElementsAre("7:13 '../photo.png': it must be beside the flow, so that a run can keep both"));
  EXPECT_THAT(mistakes("multipart = { a = { file = 'foto.png' } }"),
              ElementsAre("7:28 'foto.png': it cannot be read"));
  std::filesystem::resize_file(folder_ / "photo.png", (64U << 20) + 1);
  EXPECT_THAT(mistakes("body_file = 'photo.png'"), ElementsAre("7:13 'photo.png': it is larger than 64 MiB"));
}

struct WrongBody {
  const char* lines;
  const char* mistake;
};
class BodyOfAStep : public ::testing::TestWithParam<WrongBody> {};

TEST_P(BodyOfAStep, IsRefusedAtItsPlace) {
  EXPECT_THAT(mistakes_in("[flow]\nname='f'\n[[journey]]\nname='j'\n" + step_with(GetParam().lines)),
              ElementsAre(StartsWith(GetParam().mistake)));
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, BodyOfAStep,
    ::testing::Values(
        WrongBody{"json = {}\nform = { a = 'b' }", "8:8 a request has one body: 'json', or 'form'"},
        WrongBody{"fom = { a = 'b' }", "7:1 unknown key 'fom', did you mean 'form'?"},
        WrongBody{"form = 'a=b'", "7:8 'form' must be a table"},
        WrongBody{"form = { a = { b = 'c' } }", "7:14 this must be a string, a number or a boolean"},
        WrongBody{"form = { a = '${b}' }", "7:15 unknown placeholder '${b}'"},
        WrongBody{"body = 3", "7:8 'body' must be a string"},
        WrongBody{"body = '${b}'", "7:9 unknown placeholder '${b}'"},
        WrongBody{"multipart = { a = { type = 'text/csv' } }", "7:19 'a' must have a 'value' or a 'file'"},
        WrongBody{"multipart = { a = { value = 'x', file = 'y' } }",
                  "7:29 'a' must have a 'value' or a 'file'"},
        WrongBody{"multipart = { a = { value = 'x', type = 'csv' } }",
                  "7:41 this is no media type, write it like \"text/csv\""},
        WrongBody{"multipart = { a = 'b' }\nheaders = { Content-Type = 'multipart/form-data' }",
                  "8:11 the Content-Type of a multipart body says what stands between its parts"}));

}  // namespace
}  // namespace faultline::load
