#include "web/api/api.hpp"

#include <gmock/gmock.h>

#include "tests/web/fake_controller.hpp"

namespace testudo::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Caller white{Role::white, "", "white 1"};
const Caller instructor{Role::instructor, "", "instructor 1"};
const Caller north{Role::team, "north", "lead"};
const Caller visitor{};

class ApiTest : public testing::Test {
  protected:
    VirtualLoop loop_;
    FakeController controller_;
    Api api_{loop_, controller_, {}, {}};

    ApiResponse get(const Caller& caller, const std::string& path, const std::string& query = "") {
        return api_.answer({"GET", path, query, "", caller, "", "127.0.0.1"});
    }
    ApiResponse post(const Caller& caller, const std::string& path, const std::string& body,
                     const std::string& key = "") {
        return api_.answer({"POST", path, "", body, caller, key, "127.0.0.1"});
    }
    // The sentences about what is wrong with the input, each behind its pointer.
    static std::vector<std::string> faults(const ApiResponse& response) {
        EXPECT_EQ(response.status, 422) << response.body;
        std::vector<std::string> found;
        const auto document = parse_json(response.body).value();
        for (const auto& fault : array_or_empty(document.get_object(), "errors"))
            found.push_back(text_or(fault.get_object(), "pointer") + " " + text_or(fault.get_object(), "detail"));
        return found;
    }
};

TEST_F(ApiTest, AnswersThroughTheLoop) {
    int answered = 0;
    api_.call({"GET", "/api/v1/me", "", "", white, "", ""}, [&](const ApiResponse& r) { answered = r.status; });
    EXPECT_EQ(answered, 0); // nothing happens on the caller's thread
    loop_.drain();
    EXPECT_EQ(answered, 200);
}

// Each route, with the status that each role is answered.
struct Rights {
    const char* method;
    const char* path;
    const char* query;
    const char* body;
    int white, instructor, team, visitor;
};

class ApiRights : public ApiTest, public testing::WithParamInterface<Rights> {};

TEST_P(ApiRights, AreByRole) {
    const auto& p = GetParam();
    const auto status = [&](const Caller& caller) {
        return api_.answer({p.method, p.path, p.query, p.body, caller, "", ""}).status;
    };
    EXPECT_EQ(status(white), p.white);
    EXPECT_EQ(status(instructor), p.instructor);
    EXPECT_EQ(status(north), p.team);
    EXPECT_EQ(status(visitor), p.visitor);
}

INSTANTIATE_TEST_SUITE_P(
    All, ApiRights,
    testing::Values(Rights{"GET", "/api/v1/me", "", "", 200, 200, 200, 200},
                    Rights{"GET", "/api/v1/view", "", "", 200, 200, 200, 200},
                    Rights{"GET", "/api/v1/view", "at_ms=5", "", 200, 200, 403, 403},
                    Rights{"GET", "/api/v1/moments", "", "", 200, 200, 403, 403},
                    Rights{"POST", "/api/v1/exercise/start", "", "{}", 200, 403, 403, 403},
                    Rights{"POST", "/api/v1/injects/defaced/fire", "", "{}", 200, 403, 403, 403},
                    Rights{"POST", "/api/v1/reports", "", R"({"kind":"incident","text":"t"})", 403, 403, 201, 403},
                    Rights{"POST", "/api/v1/reports/r-1/grade", "", R"({"grades":{"facts":1}})", 200, 403, 403, 403},
                    Rights{"POST", "/api/v1/checks/web@north/rule", "",
                           R"({"from_ms":0,"to_ms":1,"ruling":"void","reason":"r"})", 200, 403, 403, 403},
                    Rights{"POST", "/api/v1/adjustments", "",
                           R"({"team":"north","category":"c","milli":-5,"reason":"r"})", 200, 403, 403, 403},
                    Rights{"POST", "/api/v1/range/reset", "", R"({"team":"north"})", 202, 403, 403, 403},
                    Rights{"POST", "/api/v1/range/snapshots", "", R"({"team":"north","name":"n"})", 202, 403, 403, 403},
                    Rights{"POST", "/api/v1/range/evacuate", "", R"({"host":"alpha"})", 202, 403, 403, 403},
                    Rights{"GET", "/api/v1/range/snapshots", "", "", 200, 200, 403, 403},
                    Rights{"POST", "/api/v1/range/isolation", "", "{}", 202, 403, 403, 403},
                    Rights{"GET", "/api/v1/range/isolation", "", "", 200, 200, 403, 403},
                    Rights{"GET", "/api/v1/why", "team=north", "", 200, 200, 200, 403},
                    Rights{"GET", "/api/v1/why", "team=south", "", 200, 200, 403, 403},
                    Rights{"GET", "/api/v1/log", "", "", 200, 200, 403, 403},
                    Rights{"GET", "/api/v1/archive", "", "", 200, 200, 403, 403}));

TEST_F(ApiTest, AReplayMayBeReadByAllAndChangedByNone) {
    Api replay{loop_, controller_, {}, {.replay = true}};
    EXPECT_EQ(replay.answer({"GET", "/api/v1/view", "at_ms=60000", "", north, "", ""}).body,
              R"({"seq":7,"audience":"team:north","at_ms":60000})");
    EXPECT_EQ(replay.answer({"GET", "/api/v1/moments", "", "", visitor, "", ""}).status, 200);
    EXPECT_EQ(replay.answer({"POST", "/api/v1/exercise/start", "", "", white, "", ""}).status, 409);
    EXPECT_TRUE(controller_.told.empty());
}

TEST_F(ApiTest, PassesEveryActOn) {
    EXPECT_EQ(post(white, "/api/v1/exercise/pause", R"({"reason":"power cut"})").status, 200);
    EXPECT_EQ(post(white, "/api/v1/exercise/start", "").status, 200);
    EXPECT_EQ(post(white, "/api/v1/injects/defaced/skip", R"({"team":"north","reason":"late"})").status, 200);
    EXPECT_EQ(
        post(north, "/api/v1/reports", R"({"kind":"incident","message":"advisory@north","text":"We saw\nit"})").body,
        R"({"report":"r-4"})");
    EXPECT_EQ(post(white, "/api/v1/reports/r-4/grade", R"({"grades":{"facts":5000,"time":0},"comment":"good"})").status,
              200);
    EXPECT_EQ(post(white, "/api/v1/checks/web%40north/rule",
                   R"({"from_ms":1000,"to_ms":2000,"ruling":"charge","reason":"their fault"})")
                  .status,
              200);
    EXPECT_EQ(
        post(white, "/api/v1/adjustments", R"({"team":"north","category":"reports","milli":-250,"reason":"copied"})")
            .status,
        200);
    EXPECT_EQ(post(white, "/api/v1/range/reset", R"({"team":"north","requested":true,"reason":"broken"})").body,
              R"({"machines":["portal@north"]})");
    EXPECT_EQ(post(white, "/api/v1/range/reset", R"({"machine":"core","to":"before"})").status, 202);
    EXPECT_EQ(post(white, "/api/v1/range/snapshots", R"({"machine":"core","name":"before"})").status, 202);
    EXPECT_THAT(controller_.told,
                ElementsAre("exercise 1 by white 1 (power cut)", "exercise 0 by white 1 ()",
                            "inject defaced 3 for 'north' by white 1 (late)",
                            "report incident advisory@north from north: We saw\nit",
                            "grade r-4 facts=5000 time=0 (good)", "rule web@north 1000-2000 1 (their fault)",
                            "adjust north reports -250 (copied)", "reset 'north' '' true (broken)",
                            "reset '' 'core' false () to before", "keep '' 'core' as before"));
}

TEST_F(ApiTest, TellsAllThatIsWrongWithTheInput) {
    EXPECT_THAT(faults(post(white, "/api/v1/adjustments", R"({"team":5,"milli":1.5,"reason":"  ","mili":3})")),
                ElementsAre("/team must be a text", "/category is missing",
                            "/milli must be a whole number from -1000000000000 to 1000000000000", "/reason is empty",
                            "/mili is not known here"));
    EXPECT_THAT(faults(post(white, "/api/v1/exercise/start", "{")), ElementsAre(HasSubstr("not valid JSON")));
    EXPECT_THAT(faults(post(white, "/api/v1/exercise/start", "[]")), ElementsAre(" the body must be an object"));
    EXPECT_THAT(faults(post(white, "/api/v1/exercise/start", R"({"reason":"a\u0000b"})")),
                ElementsAre("/reason holds control characters"));
    EXPECT_THAT(faults(post(white, "/api/v1/reports/r-1/grade", R"({"grades":{"facts":-1,"time":"x"}})")),
                ElementsAre("/grades/facts must be a whole number from 0 to 1000000000000",
                            "/grades/time must be a whole number from 0 to 1000000000000"));
    EXPECT_THAT(faults(post(white, "/api/v1/reports/r-1/grade", R"({"grades":{}})")),
                ElementsAre("/grades must be an object with at least one member"));
    EXPECT_THAT(faults(post(white, "/api/v1/checks/c/rule", R"({"from_ms":5,"to_ms":5,"ruling":"no","reason":"r"})")),
                ElementsAre("/ruling must be one of: void, charge", "/to_ms must be after from_ms"));
    EXPECT_THAT(faults(post(white, "/api/v1/range/reset", R"({"requested":"yes"})")),
                ElementsAre("/requested must be true or false", "/machine or a team must be given, and not both"));
    EXPECT_THAT(faults(post(north, "/api/v1/reports", R"({"kind":"i","text":")" + std::string(40'000, 'x') + "\"}")),
                ElementsAre("/text is longer than 32000 bytes"));
    EXPECT_TRUE(controller_.told.empty());
}

TEST_F(ApiTest, TakesWordsOfAnyScriptButNothingThatTurnsThemAround) {
    const auto filed = [this](const std::string& text) {
        return post(north, "/api/v1/reports", json::serialize(json::value{{"kind", "incident"}, {"text", text}}));
    };
    for (const auto* text : {"pay\u202Eexe.txt", "\u2066admin\u2069", "a\u0085b", "\u009B31m"})
        EXPECT_THAT(faults(filed(text)), ElementsAre("/text holds control characters"));
    for (const auto* text : {"Öö, \u0141\u00F3d\u017A, \u05E9\u05DC\u05D5\u05DD\u200F!", "line\r\n\tline \U0001F422"})
        EXPECT_EQ(filed(text).status, 201);
}

TEST_F(ApiTest, ChecksTheAddress) {
    EXPECT_EQ(get(white, "/api/v1/view", "at_ms=-1").status, 422);
    EXPECT_EQ(get(white, "/api/v1/view", "at_ms=abc").status, 422);
    EXPECT_EQ(get(white, "/api/v1/view", "at_ms=99999999999999999999").status, 422);
    EXPECT_EQ(get(white, "/api/v1/view", "at=5").status, 422);
    EXPECT_EQ(get(white, "/api/v1/view", "at_ms=1&at_ms=2").status, 400);
    EXPECT_EQ(get(white, "/api/v1/%zz").status, 400);
    EXPECT_EQ(get(white, "/api/v1/me", "%ff=1").status, 400); // the name would be told back
    EXPECT_EQ(get(white, "/api/v1/me/").status, 404);
    EXPECT_EQ(get(white, "/api/v1").status, 404);
    EXPECT_EQ(get(white, "/api/v1/log", "limit=0").status, 422);
    EXPECT_EQ(get(white, "/api/v1/log", "limit=1001").status, 422);
    EXPECT_EQ(get(white, "/api/v1/why").status, 422);
    EXPECT_EQ(post(white, "/api/v1/exercise/explode", "").status, 404);
    EXPECT_EQ(post(white, "/api/v1/injects/defaced/explode", "").status, 404);
}

TEST_F(ApiTest, PagesTheLog) {
    EXPECT_EQ(get(white, "/api/v1/log").body, R"({"events":[],"next":200})");
    EXPECT_EQ(get(white, "/api/v1/log", "after=200&limit=1000").body, R"({"events":[],"next":1200})");
}

TEST_F(ApiTest, DoesARepeatedWriteOnce) {
    const auto path = "/api/v1/reports";
    const auto body = R"({"kind":"incident","text":"t"})";
    const auto first = post(north, path, body, "key-1");
    EXPECT_EQ(first.status, 201);
    const auto again = post(north, path, body, "key-1");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(controller_.told.size(), 1U);
    // Another's key is another key, and a key is for one request.
    const Caller south{Role::team, "south", "lead"};
    EXPECT_NE(post(south, path, body, "key-1").body, first.body);
    EXPECT_EQ(post(north, path, R"({"kind":"incident","text":"u"})", "key-1").status, 422);
    EXPECT_EQ(controller_.told.size(), 2U);
    EXPECT_EQ(post(north, path, body, "key with space").status, 422);
    EXPECT_EQ(post(north, path, body, std::string(200, 'k')).status, 422);
}

TEST_F(ApiTest, AFailureOfOursMayBeTriedAgain) {
    EXPECT_EQ(post(white, "/api/v1/exercise/end", "", "k").status, 500);
    EXPECT_EQ(post(white, "/api/v1/exercise/end", R"({"reason":"again"})", "k").status, 500);
}

TEST_F(ApiTest, TellsTheInsideOfAFailureToTheWhiteTeamOnly) {
    struct Broken : Controller {
        Result<json::value> view(const Caller&, std::optional<ExerciseTime>) override {
            return fail("store.broken", "", "MARKER");
        }
        Result<json::value> moments(const Caller&) override { throw std::runtime_error("MARKER"); }
        Result<json::value> command(const Caller&, ExerciseCommand, const std::string&) override { return nullptr; }
        Result<json::value> command(const Caller&, const std::string&, InjectCommand, const std::string&,
                                    const std::string&) override {
            return nullptr;
        }
        Result<json::value> file_report(const Caller&, const Report&) override { return nullptr; }
        Result<json::value> grade(const Caller&, const std::string&, const Grade&) override { return nullptr; }
        Result<json::value> rule(const Caller&, const CheckRuling&) override { return nullptr; }
        Result<json::value> adjust(const Caller&, const Adjustment&) override { return nullptr; }
        Result<json::value> reset(const Caller&, const RangeReset&) override { return nullptr; }
        Result<json::value> keep(const Caller&, const RangeSnapshot&) override { return nullptr; }
        Result<json::value> snapshots(const Caller&) override { return nullptr; }
        Result<json::value> evacuate(const Caller&, const std::string&) override { return nullptr; }
        Result<json::value> check_isolation(const Caller&) override { return fail("store.broken", "", "MARKER"); }
        Result<json::value> isolation(const Caller&) override { return fail("store.broken", "", "MARKER"); }
        Result<json::value> why(const Caller&, const std::string&) override { return nullptr; }
        Result<json::value> log(const Caller&, std::uint64_t, std::size_t) override { return nullptr; }
        Result<ArchiveFile> archive(const Caller&) override { return fail("archive.conflict", "", "not yet"); }
    } broken;
    Api api{loop_, broken, {}, {}};
    const auto ask = [&](const Caller& caller, const std::string& path) {
        ApiResponse response;
        api.call({"GET", path, "", "", caller, "", ""}, [&](ApiResponse r) { response = std::move(r); });
        loop_.drain();
        return response;
    };
    EXPECT_EQ(ask(north, "/api/v1/view").status, 500);
    EXPECT_THAT(ask(north, "/api/v1/view").body, testing::Not(HasSubstr("MARKER")));
    EXPECT_THAT(ask(white, "/api/v1/view").body, HasSubstr("MARKER"));
    EXPECT_THAT(ask(instructor, "/api/v1/moments").body, testing::Not(HasSubstr("MARKER")));
    EXPECT_EQ(ask(white, "/api/v1/moments").status, 500);
    EXPECT_EQ(ask(white, "/api/v1/archive").status, 409);
}

TEST_F(ApiTest, TurnsTheRefusalsOfTheExerciseIntoStatuses) {
    const std::vector<std::pair<std::string, int>> expected{{"team.unknown", 404},        {"exercise.conflict", 409},
                                                            {"exercise.state", 409},      {"inject.over", 409},
                                                            {"inject.state", 409},        {"inject.not-approved", 409},
                                                            {"inject.not-for-team", 422}, {"grade.range", 422},
                                                            {"grade.unknown-item", 422},  {"request.incomplete", 422},
                                                            {"request.invalid", 422},     {"inject.refused", 403},
                                                            {"store.full", 500},          {"broken", 500}};
    for (const auto& [code, status] : expected) {
        controller_.refusal = Error(code, "", "A sentence.");
        const auto response = post(white, "/api/v1/exercise/start", "");
        EXPECT_EQ(response.status, status) << code;
        EXPECT_THAT(response.body, HasSubstr("\"code\":\"" + code + "\""));
    }
}

TEST_F(ApiTest, SlowsATeamThatFloodsTheLog) {
    const auto report = [&] { return post(north, "/api/v1/reports", R"({"kind":"i","text":"t"})").status; };
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(report(), 201);
    EXPECT_EQ(report(), 429);
    loop_.advance(Millis(3000));
    EXPECT_EQ(report(), 201);
}

TEST_F(ApiTest, KnowsItsCallersByTheirTokens) {
    Tokens tokens;
    const std::string token = "token-of-north";
    tokens.admit(token, north);
    Api closed{loop_, controller_, tokens, {}};
    EXPECT_EQ(closed.authenticate(token), north);
    EXPECT_FALSE(closed.authenticate("wrong"));
    EXPECT_FALSE(closed.authenticate(""));
    Api open{loop_, controller_, tokens, {.public_board = true}};
    EXPECT_EQ(open.authenticate(""), visitor);
    EXPECT_FALSE(open.authenticate("wrong"));
}

} // namespace
} // namespace testudo::web
