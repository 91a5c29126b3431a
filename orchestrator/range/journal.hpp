#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/range/steps.hpp"

namespace testudo::range {

// What was about to be done to an exercise's objects, and what came of it: an append-only file of JSON lines. The entry
// is on disk before the act, so after a crash the open acts are known; the marks in the hypervisor say the rest.
//
//   {"at":"2026-11-23T10:41:07.123Z","entry":"begin","command":"up","plan":HASH,"steps":54}
//   {"at":...,"entry":"will","act":"create-machine","object":"portal@north","name":"tst-..."}
//   {"at":...,"entry":"did" or "failed","act":...,"object":...,"error":...}
//   {"at":...,"entry":"end","failures":0}
//
// Holding a Journal is also the lock: one exercise is worked on by one process at a time.
class Journal {
  public:
    struct Open {
        std::string act;
        std::string object;
    };

    // Creates the file if needed. "journal.locked" if another process has it open; "journal.corrupt" if a line other
    // than the last is not readable (the last may be torn by a crash: it is cut off).
    static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& file, const Clock& clock);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // Acts that were begun and of which no end is known, up to now.
    const std::vector<Open>& open_acts() const { return open_acts_; }
    // The command of the last run ("up", "down"), and whether it came to its end.
    const std::string& last_command() const { return last_command_; }
    bool last_ended() const { return last_ended_; }

    // These throw if the entry cannot be written: an act without its entry must not happen.
    void begin(const std::string& command, const std::string& plan, std::size_t steps);
    void will(const Step& step);
    void did(const Step& step);
    void failed(const Step& step, const Error& error);
    void end(std::size_t failures);

  private:
    Journal(int file, std::string path, const Clock& clock);
    Result<void> read();
    void take(const json::object& entry);
    void write(json::object entry, bool durable);

    int file_;
    std::string path_;
    const Clock& clock_;
    std::vector<Open> open_acts_;
    std::string last_command_;
    bool last_ended_ = true;
};

} // namespace testudo::range
