#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "web/api/controller.hpp"
#include "web/api/replies.hpp"
#include "web/api/tokens.hpp"
#include "web/server/backend.hpp"
#include "web/server/rate_limit.hpp"

namespace testudo::web {

struct ApiOptions {
    bool public_board = false; // callers without a token see the board
    bool replay = false;       // `testudo replay`: everything may be read by all who may read it live, nothing written
};

// The API of docs/views.md and openapi.yaml on top of an exercise: who may call what, what input must look like, and
// what an answer is. Loop and controller must outlive it; it must outlive the server and whatever it posted to the
// loop.
class Api final : public Backend {
  public:
    Api(Loop& loop, Controller& controller, Tokens tokens, ApiOptions options);

    std::optional<Caller> authenticate(std::string_view token) override;
    void call(ApiRequest request, std::function<void(ApiResponse)> answer) override;

    // Answers at once; on the loop's thread only.
    ApiResponse answer(const ApiRequest& request);

    // "POST /api/v1/reports/{report}/grade", for the test that compares them with openapi.yaml.
    static std::vector<std::string> routes();

  private:
    struct Call;
    struct Route;
    static const std::vector<Route>& table();
    ApiResponse write(const Route& route, Call& call);

    Loop& loop_;
    Controller& controller_;
    const Tokens tokens_;
    const ApiOptions options_;
    Replies replies_;
    RateLimit team_writes_;
};

} // namespace testudo::web
