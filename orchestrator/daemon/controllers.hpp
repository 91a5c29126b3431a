#pragma once
#include <filesystem>
#include <functional>
#include <memory>

#include "orchestrator/daemon/isolation_check.hpp"
#include "orchestrator/exercise/engine.hpp"
#include "orchestrator/exercise/replay.hpp"
#include "orchestrator/exercise/view.hpp"
#include "orchestrator/plan/placement.hpp"
#include "orchestrator/range/range.hpp"
#include "web/api/controller.hpp"

namespace testudo::daemon {

// What live and replayed exercises answer alike: everything that is only read. Writing is a conflict.
class ReadingController : public web::Controller {
  public:
    // Writes the archive file that is offered for download.
    using MakeArchive = std::function<Result<std::filesystem::path>()>;

    ReadingController(const exercise::Replay& past, exercise::ViewOptions options, MakeArchive make_archive);

    Result<json::value> view(const web::Caller& caller, std::optional<ExerciseTime> at) override;
    Result<json::value> moments(const web::Caller& caller) override;
    Result<json::value> command(const web::Caller& by, web::ExerciseCommand command,
                                const std::string& reason) override;
    Result<json::value> command(const web::Caller& by, const std::string& inject, web::InjectCommand command,
                                const std::string& team, const std::string& reason) override;
    Result<json::value> file_report(const web::Caller& by, const web::Report& report) override;
    Result<json::value> grade(const web::Caller& by, const std::string& report, const web::Grade& grade) override;
    Result<json::value> rule(const web::Caller& by, const web::CheckRuling& ruling) override;
    Result<json::value> adjust(const web::Caller& by, const web::Adjustment& adjustment) override;
    Result<json::value> reset(const web::Caller& by, const web::RangeReset& reset) override;
    Result<json::value> keep(const web::Caller& by, const web::RangeSnapshot& snapshot) override;
    Result<json::value> snapshots(const web::Caller& caller) override;
    Result<json::value> evacuate(const web::Caller& by, const std::string& host) override;
    Result<json::value> check_isolation(const web::Caller& by) override;
    Result<json::value> isolation(const web::Caller& caller) override;
    Result<json::value> why(const web::Caller& caller, const std::string& team) override;
    Result<json::value> log(const web::Caller& caller, std::uint64_t after, std::size_t limit) override;
    Result<web::ArchiveFile> archive(const web::Caller& caller) override;

  private:
    const exercise::Replay& past_;
    exercise::ViewOptions options_;
    MakeArchive make_archive_;
};

// A live exercise: the same, and the acts of the white team and the teams go to the engine.
class LiveController final : public ReadingController {
  public:
    // Places all machines anew without this host, in the range as well, and tells which of them move.
    using Evacuate = std::function<Result<plan::Placement>(const std::string& host)>;

    LiveController(exercise::Engine& engine, range::Range& range, range::Snapshots snapshots, Evacuate evacuate,
                   IsolationCheck& isolation, const exercise::Replay& past, exercise::ViewOptions options,
                   MakeArchive make_archive);

    Result<json::value> command(const web::Caller& by, web::ExerciseCommand command,
                                const std::string& reason) override;
    Result<json::value> command(const web::Caller& by, const std::string& inject, web::InjectCommand command,
                                const std::string& team, const std::string& reason) override;
    Result<json::value> file_report(const web::Caller& by, const web::Report& report) override;
    Result<json::value> grade(const web::Caller& by, const std::string& report, const web::Grade& grade) override;
    Result<json::value> rule(const web::Caller& by, const web::CheckRuling& ruling) override;
    Result<json::value> adjust(const web::Caller& by, const web::Adjustment& adjustment) override;
    Result<json::value> reset(const web::Caller& by, const web::RangeReset& reset) override;
    Result<json::value> keep(const web::Caller& by, const web::RangeSnapshot& snapshot) override;
    Result<json::value> snapshots(const web::Caller& caller) override;
    Result<json::value> evacuate(const web::Caller& by, const std::string& host) override;
    Result<json::value> check_isolation(const web::Caller& by) override;

  private:
    void made_anew(const std::string& what, const std::vector<std::string>& machines,
                   const Result<range::Outcome>& outcome);
    void kept(const std::string& snapshot, const std::string& by, const std::vector<std::string>& machines,
              const Result<range::Outcome>& outcome);

    exercise::Engine& engine_;
    range::Range& range_;
    range::Snapshots snapshots_;
    Evacuate evacuate_;
    std::vector<std::string> not_kept_; // of the last snapshot, with the reason
    IsolationCheck& isolation_;
};

} // namespace testudo::daemon
