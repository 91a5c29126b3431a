#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>

#include "tests/web/raw_client.hpp"
#include "tests/web/running_server.hpp"
#include "web/server/client.hpp"

namespace testudo::web {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

// A folder that is gone after the test.
struct Folder {
    const fs::path path = fs::temp_directory_path() / ("testudo-web-" + random_hex_name());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
    }
    static std::string random_hex_name() {
        static int count = 0;
        return fmt::format("{}-{}", ::getpid(), ++count);
    }
};

json::object problem_of(const std::string& answer) {
    EXPECT_EQ(field_of(answer, "Content-Type"), "application/problem+json") << answer;
    auto document = parse_json(body_of(answer));
    if (!document || !document->is_object()) {
        ADD_FAILURE() << answer;
        return {};
    }
    EXPECT_EQ(int_or(document->get_object(), "status"), status_of(answer));
    EXPECT_NE(text_or(document->get_object(), "detail"), "");
    return document->get_object();
}

TEST(Http, AnswersASignedInCaller) {
    RunningServer run;
    const auto answer = ask(run.port(), request_text("GET", "/api/v1/me", run.north));
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), R"({"role":"team","team":"north","name":"north lead","replay":false})");
    EXPECT_EQ(field_of(answer, "Cache-Control"), "no-store");
}

TEST(Http, ServesManyRequestsOnOneConnection) {
    RunningServer run;
    RawClient client(run.port());
    const auto get = request_text("GET", "/api/v1/me", run.white);
    for (int i = 0; i < 3; ++i) {
        client.send(get);
        EXPECT_EQ(status_of(client.receive()), 200);
    }
    // Also when they are sent without waiting, and with bodies between them.
    client.send(get + request_text("POST", "/api/v1/exercise/start", run.white, R"({"reason":"go"})") + get);
    EXPECT_EQ(status_of(client.receive()), 200);
    EXPECT_EQ(status_of(client.receive()), 200);
    EXPECT_EQ(status_of(client.receive()), 200);
    EXPECT_THAT(run.controller.told, testing::ElementsAre("exercise 0 by white 1 (go)"));
}

TEST(Http, IsSpokenByTheCommandLine) {
    RunningServer run;
    const auto answer =
        send_request("127.0.0.1", run.port(), "POST", "/api/v1/exercise/pause", run.white, R"({"reason":"lunch"})");
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "{}");
    EXPECT_EQ(send_request("127.0.0.1", run.port(), "GET", "/api/v1/me", run.white, "")->status, 200);
    EXPECT_EQ(send_request("127.0.0.1", run.port(), "GET", "/api/v1/me", "wrong", "")->status, 401);
    const auto port = run.port();
    run.server.reset();
    EXPECT_EQ(send_request("127.0.0.1", port, "GET", "/api/v1/me", run.white, "").error().code,
              "controller.unreachable");
}

TEST(Http, RefusesWrongTokensAndThenWaits) {
    RunningServer run;
    for (int i = 0; i < 10; ++i) {
        const auto answer = ask(run.port(), request_text("GET", "/api/v1/me", "wrong"));
        EXPECT_EQ(status_of(answer), 401);
        EXPECT_EQ(field_of(answer, "WWW-Authenticate"), "Bearer");
        problem_of(answer);
    }
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/me", "wrong"))), 429);
    // A neighbour behind the same address is let in all the same.
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/me", run.white))), 200);
}

TEST(Http, WithoutATokenOnlyAPublicBoardIsOpen) {
    {
        RunningServer run;
        EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/view"))), 401);
    }
    RunningServer run({}, {.public_board = true});
    const auto answer = ask(run.port(), request_text("GET", "/api/v1/view"));
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_THAT(answer, HasSubstr(R"("audience":"public")"));
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/view", "wrong"))), 401);
}

TEST(Http, DecidesWhoIsAskingBeforeTheBody) {
    RunningServer run;
    RawClient client(run.port());
    client.send("POST /api/v1/exercise/start HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer wrong\r\nContent-Length: 1000\r\n\r\n");
    EXPECT_EQ(status_of(client.receive()), 401); // not a byte of the body was sent
}

TEST(Http, LetsAClientAskBeforeItSendsTheBody) {
    RunningServer run;
    RawClient client(run.port());
    client.send(fmt::format("POST /api/v1/exercise/start HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            "Authorization: Bearer {}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                            run.white));
    EXPECT_EQ(status_of(client.receive()), 100);
    client.send("{}");
    EXPECT_EQ(status_of(client.receive()), 200);
}

TEST(Http, TellsAboutWrongMethodsAndPaths) {
    RunningServer run;
    auto answer = ask(run.port(), request_text("DELETE", "/api/v1/me", run.white));
    EXPECT_EQ(status_of(answer), 405);
    EXPECT_EQ(field_of(answer, "Allow"), "GET, HEAD");
    problem_of(answer);
    answer = ask(run.port(), request_text("GET", "/api/v1/exercise/start", run.white));
    EXPECT_EQ(status_of(answer), 405);
    EXPECT_EQ(field_of(answer, "Allow"), "POST");
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/nothing", run.white))), 404);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api", run.white))), 404);
    EXPECT_EQ(status_of(ask(run.port(), request_text("BREW", "/api/v1/me", run.white))), 501);
    EXPECT_EQ(status_of(ask(run.port(), request_text("POST", "/", run.white))), 405);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/nothing"))), 404);
}

TEST(Http, HeadHasTheHeaderOnly) {
    RunningServer run;
    RawClient client(run.port());
    client.send(request_text("HEAD", "/api/v1/me", run.white));
    const auto answer = client.receive(true);
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(field_of(answer, "Content-Length"), "58");
    EXPECT_EQ(body_of(answer), "");
    // Nothing of a body follows: the next answer begins where the header ended.
    client.send(request_text("GET", "/api/v1/me", run.white));
    EXPECT_EQ(status_of(client.receive()), 200);
}

TEST(Http, PassesTheProblemsOfTheExerciseOn) {
    RunningServer run;
    auto answer = ask(run.port(), request_text("POST", "/api/v1/injects/nothing/fire", run.white, "{}"));
    EXPECT_EQ(status_of(answer), 404);
    EXPECT_EQ(text_or(problem_of(answer), "detail"), "There is no inject nothing.");
    answer = ask(run.port(), request_text("POST", "/api/v1/exercise/resume", run.white));
    EXPECT_EQ(status_of(answer), 409);
}

TEST(Http, SendsTheArchiveAsAFile) {
    Folder folder;
    const std::string bytes(300'000, 'x');
    folder.write("a", bytes);
    RunningServer run;
    run.controller.archive_file = folder.path / "a";
    const auto answer = ask(run.port(), request_text("GET", "/api/v1/archive", run.white));
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(field_of(answer, "Content-Disposition"), R"(attachment; filename="harbour-shield.testudo")");
    EXPECT_EQ(body_of(answer), bytes);
    run.controller.archive_file = folder.path / "b";
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/archive", run.white))), 500);
}

TEST(Http, ServesThePagesWithTheirHeaders) {
    Folder folder;
    folder.write("index.html", "<!doctype html>");
    folder.write("assets/app-1a2b3c4d.js", "let x");
    RunningServer run({.ui_directory = folder.path});
    const auto page = ask(run.port(), request_text("GET", "/"));
    EXPECT_EQ(status_of(page), 200);
    EXPECT_EQ(body_of(page), "<!doctype html>");
    EXPECT_EQ(field_of(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(field_of(page, "Cache-Control"), "no-store");
    const auto policy = field_of(page, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'self'"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, testing::Not(HasSubstr("unsafe")));
    EXPECT_EQ(field_of(page, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field_of(page, "Referrer-Policy"), "no-referrer");
    const auto asset = ask(run.port(), request_text("GET", "/assets/app-1a2b3c4d.js"));
    EXPECT_EQ(field_of(asset, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_THAT(field_of(asset, "Cache-Control"), HasSubstr("immutable"));
    EXPECT_EQ(body_of(asset), "let x");
}

TEST(Http, NoPathLeavesTheFolderOfThePages) {
    Folder folder;
    folder.write("ui/index.html", "<!doctype html>");
    folder.write("secret.txt", "MARKER");
    fs::create_symlink(folder.path / "secret.txt", folder.path / "ui/link.txt");
    fs::create_directory_symlink(folder.path, folder.path / "ui/up");
    RunningServer run({.ui_directory = folder.path / "ui"});
    for (const auto* path : {"/../secret.txt", "/ui/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                             "/..\\secret.txt", "//secret.txt", "/./../secret.txt", "/link.txt", "/up/secret.txt",
                             "/%00/../secret.txt", "/index.html/../../secret.txt", "/....//secret.txt"}) {
        const auto answer = ask(run.port(), request_text("GET", path));
        EXPECT_GE(status_of(answer), 400) << path;
        EXPECT_THAT(answer, testing::Not(HasSubstr("MARKER"))) << path;
    }
}

struct Hostile {
    const char* name;
    std::string request;
    int status;
};

class HttpHostile : public testing::TestWithParam<Hostile> {};

TEST_P(HttpHostile, IsRefusedAndTheConnectionClosed) {
    RunningServer run;
    RawClient client(run.port());
    client.send(GetParam().request);
    const auto answer = client.receive();
    EXPECT_EQ(status_of(answer), GetParam().status) << answer;
    problem_of(answer);
    EXPECT_EQ(field_of(answer, "Connection"), "close");
    EXPECT_TRUE(client.closed_within(milliseconds(5000)));
    EXPECT_TRUE(run.controller.told.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpHostile,
    testing::Values(
        Hostile{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        Hostile{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400}, Hostile{"NoHostIn10", "GET / HTTP/1.0\r\n\r\n", 400},
        Hostile{"Trailers",
                "POST /api/v1/exercise/start HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\n",
                400},
        Hostile{"Chunked", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Hostile{"ChunkedThenGzip", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400},
        Hostile{"LengthAndChunked",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Hostile{"TwoLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
        Hostile{"NegativeLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        Hostile{"FoldedField", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n Host: c\r\n\r\n", 400},
        Hostile{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        Hostile{"TwoTokens",
                "GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
                400},
        Hostile{"OtherScheme", "GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n", 401},
        Hostile{"AbsoluteTarget", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Hostile{"NoHttp", "SSH-2.0-x\r\n\r\n", 400},
        Hostile{"Tls", std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 15), 400},
        Hostile{"OtherVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        Hostile{"HugeHeader", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
        Hostile{"ManyFields",
                [] {
                    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
                    for (int i = 0; i < 2000; ++i)
                        text += fmt::format("X-{}: y\r\n", i);
                    return text + "\r\n";
                }(),
                431},
        Hostile{"LongTarget", "GET /" + std::string(4000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        Hostile{"HugeBody", "POST /api/v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413}),
    [](const auto& test_info) { return test_info.param.name; });

TEST(Http, RefusesBodiesItDoesNotUnderstand) {
    RunningServer run;
    const auto with = [&](std::string_view fields, std::string_view method = "POST") {
        return status_of(ask(run.port(), fmt::format("{} /api/v1/exercise/start HTTP/1.1\r\nHost: a\r\nAuthorization: "
                                                     "Bearer {}\r\n{}Content-Length: 2\r\n\r\n{{}}",
                                                     method, run.white, fields)));
    };
    EXPECT_EQ(with("Content-Type: text/plain\r\n"), 415);
    EXPECT_EQ(with(""), 415);
    EXPECT_EQ(with("Content-Type: application/json\r\nExpect: miracles\r\n"), 417);
    EXPECT_EQ(with("Content-Type: application/json; charset=utf-8\r\n", "GET"), 400);
    EXPECT_EQ(with("Content-Type: application/json; charset=utf-8\r\n"), 200);
}

TEST(Http, CutsOffWhoIsTooSlow) {
    Options options;
    options.limits.header = milliseconds(300);
    options.limits.body = milliseconds(300);
    options.limits.idle = milliseconds(300);
    RunningServer run(options);
    {
        RawClient silent(run.port());
        EXPECT_TRUE(silent.closed_within(milliseconds(3000)));
    }
    {
        // A byte now and then does not buy more time.
        RawClient dripping(run.port());
        const auto begin = std::chrono::steady_clock::now();
        while (dripping.send("G") && !dripping.closed_within(milliseconds(50)) &&
               std::chrono::steady_clock::now() - begin < std::chrono::seconds(5)) {
        }
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
    }
    {
        RawClient half(run.port());
        half.send(fmt::format("POST /api/v1/exercise/start HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n"
                              "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
                              run.white));
        EXPECT_TRUE(half.closed_within(milliseconds(3000)));
    }
    {
        RawClient idle(run.port());
        idle.send(request_text("GET", "/api/v1/me", run.white));
        EXPECT_EQ(status_of(idle.receive()), 200);
        EXPECT_TRUE(idle.closed_within(milliseconds(3000)));
    }
}

TEST(Http, AcceptsNoMoreConnectionsThanItsLimit) {
    Options options;
    options.limits.connections = 2;
    RunningServer run(options);
    {
        RawClient first(run.port());
        RawClient second(run.port());
        first.send(request_text("GET", "/api/v1/me", run.white));
        EXPECT_EQ(status_of(first.receive()), 200);
        second.send(request_text("GET", "/api/v1/me", run.white));
        EXPECT_EQ(status_of(second.receive()), 200);
        RawClient third(run.port());
        EXPECT_TRUE(third.closed_within(milliseconds(3000)));
    }
    for (int tries = 0; tries < 100; ++tries) {
        RawClient again(run.port());
        again.send(request_text("GET", "/api/v1/me", run.white));
        if (status_of(again.receive()) == 200)
            return;
        std::this_thread::sleep_for(milliseconds(20));
    }
    FAIL() << "the places of the clients that left were not given to others";
}

// A backend that keeps what it is asked and answers when told to, or never.
struct SlowBackend final : Backend {
    std::mutex mutex;
    std::vector<std::function<void(ApiResponse)>> waiting;
    std::optional<Caller> authenticate(std::string_view) override { return Caller{}; }
    void call(ApiRequest, std::function<void(ApiResponse)> answer) override {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(answer));
    }
};

TEST(Http, GivesUpOnABackendThatDoesNotAnswer) {
    SlowBackend backend;
    Hub hub;
    Options options;
    options.limits.answer = milliseconds(100);
    auto server = Server::start(options, backend, hub).value();
    RawClient client(server->port());
    client.send(request_text("GET", "/api/v1/me"));
    EXPECT_EQ(status_of(client.receive()), 504);
    // The late answer is dropped, and does not go to the next request of the same client.
    backend.waiting.at(0)(ApiResponse{});
    client.send(request_text("GET", "/api/v1/me"));
    EXPECT_EQ(status_of(client.receive()), 504);
    // An answer to a server that is gone does no harm either.
    server.reset();
    backend.waiting.at(1)(ApiResponse{});
}

TEST(Http, StopsWhileRequestsWait) {
    SlowBackend backend;
    Hub hub;
    auto server = Server::start({}, backend, hub).value();
    RawClient client(server->port());
    client.send(request_text("GET", "/api/v1/me"));
    for (;;) {
        const std::lock_guard lock(backend.mutex);
        if (!backend.waiting.empty())
            break;
    }
    const auto begin = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    EXPECT_TRUE(client.closed_within(milliseconds(1000)));
}

TEST(Http, SaysWhyItCannotStart) {
    RunningServer run;
    SlowBackend backend;
    Hub hub;
    auto taken = Server::start({.port = run.port()}, backend, hub);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, "web.address");
    EXPECT_FALSE(Server::start({.address = "not-an-address"}, backend, hub));
    EXPECT_EQ(Server::start({.ui_directory = "/nonexistent"}, backend, hub).error().code, "web.ui.unreadable");
}

} // namespace
} // namespace testudo::web
