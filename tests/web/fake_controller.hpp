#pragma once
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <vector>

#include "web/api/controller.hpp"

namespace testudo::web {

// An exercise that writes down what it is told, and has one inject ("defaced") and one team ("north").
class FakeController final : public Controller {
  public:
    std::vector<std::string> told;
    std::filesystem::path archive_file;
    std::optional<Error> refusal; // what commands to the exercise are answered, if set

    Result<json::value> view(const Caller& caller, std::optional<ExerciseTime> at) override {
        json::object document{{"seq", 7}, {"audience", audience_of(caller)}};
        if (at)
            document["at_ms"] = at->count();
        return document;
    }
    Result<json::value> moments(const Caller&) override { return json::object{{"markers", json::array{}}}; }
    Result<json::value> command(const Caller& by, ExerciseCommand command, const std::string& reason) override {
        if (refusal)
            return tl::unexpected(*refusal);
        if (command == ExerciseCommand::resume)
            return fail("exercise.conflict", "", "The exercise is not paused.");
        if (command == ExerciseCommand::end)
            return fail("store.broken", "/secret/path", "the disk of the range host is full");
        told.push_back(fmt::format("exercise {} by {} ({})", static_cast<int>(command), by.name, reason));
        return json::object{};
    }
    Result<json::value> command(const Caller& by, const std::string& inject, InjectCommand command,
                                const std::string& team, const std::string& reason) override {
        if (inject != "defaced")
            return fail("inject.unknown", inject, "There is no inject " + inject + ".");
        told.push_back(
            fmt::format("inject {} {} for '{}' by {} ({})", inject, static_cast<int>(command), team, by.name, reason));
        return json::object{};
    }
    Result<json::value> file_report(const Caller& by, const Report& report) override {
        told.push_back(fmt::format("report {} {} from {}: {}", report.kind, report.message, by.team, report.text));
        return json::object{{"report", fmt::format("r-{}", told.size())}};
    }
    Result<json::value> grade(const Caller&, const std::string& report, const Grade& grade) override {
        std::string items;
        for (const auto& [item, milli] : grade.milli)
            items += fmt::format(" {}={}", item, milli);
        told.push_back(fmt::format("grade {}{} ({})", report, items, grade.comment));
        return json::object{};
    }
    Result<json::value> rule(const Caller&, const CheckRuling& ruling) override {
        told.push_back(fmt::format("rule {} {}-{} {} ({})", ruling.check, ruling.from_ms, ruling.to_ms,
                                   static_cast<int>(ruling.ruling), ruling.reason));
        return json::object{};
    }
    Result<json::value> adjust(const Caller&, const Adjustment& adjustment) override {
        told.push_back(fmt::format("adjust {} {} {} ({})", adjustment.team, adjustment.category, adjustment.milli,
                                   adjustment.reason));
        return json::object{};
    }
    Result<json::value> reset(const Caller&, const RangeReset& reset) override {
        told.push_back(fmt::format("reset '{}' '{}' {} ({}){}", reset.team, reset.machine, reset.requested,
                                   reset.reason, reset.to.empty() ? "" : " to " + reset.to));
        return json::object{{"machines", json::array{"portal@north"}}};
    }
    Result<json::value> keep(const Caller&, const RangeSnapshot& snapshot) override {
        told.push_back(fmt::format("keep '{}' '{}' as {}", snapshot.team, snapshot.machine, snapshot.name));
        return json::object{{"machines", json::array{"portal@north"}}};
    }
    Result<json::value> evacuate(const Caller&, const std::string& host) override {
        told.push_back("evacuate " + host);
        return json::object{{"moved", json::object()}};
    }
    Result<json::value> snapshots(const Caller&) override { return json::object{{"under_way", false}}; }
    Result<json::value> check_isolation(const Caller&) override {
        told.emplace_back("check isolation");
        return json::object{};
    }
    Result<json::value> isolation(const Caller&) override { return json::object{{"leaks", 0}}; }
    Result<json::value> why(const Caller&, const std::string& team) override { return json::object{{"team", team}}; }
    Result<json::value> log(const Caller&, std::uint64_t after, std::size_t limit) override {
        return json::object{{"events", json::array{}}, {"next", after + limit}};
    }
    Result<ArchiveFile> archive(const Caller&) override { return ArchiveFile{archive_file, "harbour-shield.testudo"}; }
};

} // namespace testudo::web
