#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"
#include "web/server/caller.hpp"

namespace testudo::web {

enum class ExerciseCommand { start, pause, resume, end };
enum class InjectCommand { fire, hold, release, skip };
enum class Ruling { discard, charge };

struct Report {
    std::string kind;
    std::string message; // the id of the message that it answers; may be empty
    std::string text;
};

struct Grade {
    std::map<std::string, std::int64_t> milli; // by the rubric's item
    std::string comment;
};

struct CheckRuling {
    std::string check;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0; // > from_ms
    Ruling ruling = Ruling::discard;
    std::string reason;
};

struct Adjustment {
    std::string team;
    std::string category;
    std::int64_t milli = 0;
    std::string reason;
};

struct RangeReset {
    std::string team;       // all machines of this team; or
    std::string machine;    // this one
    bool requested = false; // the team asked for it
    std::string reason;
    std::string to; // snapshot; "" = its image
};

struct RangeSnapshot {
    std::string name;
    std::string team;    // all machines of this team; or
    std::string machine; // this one
};

struct ArchiveFile {
    std::filesystem::path path;
    std::string name; // under which it is offered: plain ASCII without quotes
};

// Port: the exercise, as the API drives and reads it. Called on the domain's loop, after the caller's role was checked
// and the input has the right form; whether the things named exist, and whether it is the time for it, is decided here.
// Acts return what the client is answered, an empty object if there is nothing to say.
//
// What stands behind the last dot of an error's code becomes the status:
//     404  unknown
//     409  conflict, state, over, not-approved: not now
//     422  invalid, range, incomplete, unknown-item, malformed, not-for-team
//     403  refused
// All others are failures of ours: 500, and their message is shown to the white team only.
class Controller {
  public:
    virtual ~Controller() = default;

    // The caller's view (docs/views.md), now or as it was at that exercise time.
    virtual Result<json::value> view(const Caller& caller, std::optional<ExerciseTime> at) = 0;
    virtual Result<json::value> moments(const Caller& caller) = 0;
    virtual Result<json::value> command(const Caller& by, ExerciseCommand command, const std::string& reason) = 0;
    // An empty team means all.
    virtual Result<json::value> command(const Caller& by, const std::string& inject, InjectCommand command,
                                        const std::string& team, const std::string& reason) = 0;
    // Answers {"report": id}.
    virtual Result<json::value> file_report(const Caller& by, const Report& report) = 0;
    virtual Result<json::value> grade(const Caller& by, const std::string& report, const Grade& grade) = 0;
    virtual Result<json::value> rule(const Caller& by, const CheckRuling& ruling) = 0;
    virtual Result<json::value> adjust(const Caller& by, const Adjustment& adjustment) = 0;
    // Begins to make the machines anew, and answers {"machines": [...]}; their states in the view tell how it goes on.
    virtual Result<json::value> reset(const Caller& by, const RangeReset& reset) = 0;
    // Begins to keep the machines as they are, and answers {"machines": [...]}.
    virtual Result<json::value> keep(const Caller& by, const RangeSnapshot& snapshot) = 0;
    // {"under_way": machines are being kept or made anew, "failures": [text, of the newest snapshot],
    //  "snapshots": [{name, machines: [{machine, at, bytes}]}]}
    virtual Result<json::value> snapshots(const Caller& caller) = 0;
    // Begins to make the machines of this host anew on the others, and answers {"moved": {machine: {host, reason}}}.
    virtual Result<json::value> evacuate(const Caller& by, const std::string& host) = 0;
    // Begins to try whether the range is closed.
    virtual Result<json::value> check_isolation(const Caller& by) = 0;
    // The newest report: the body of its event with `seq` and `wall_ms`; {} if there is none.
    virtual Result<json::value> isolation(const Caller& caller) = 0;
    virtual Result<json::value> why(const Caller& caller, const std::string& team) = 0;
    // Up to `limit` events after that sequence number: {"events": [...], "next": the `after` of the next page}; `next`
    // is absent on the last page.
    virtual Result<json::value> log(const Caller& caller, std::uint64_t after, std::size_t limit) = 0;
    // The file is read after this returned: it may be replaced, but not written into.
    virtual Result<ArchiveFile> archive(const Caller& caller) = 0;
};

} // namespace testudo::web
