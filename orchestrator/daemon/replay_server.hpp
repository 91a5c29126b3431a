#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::daemon {

struct ReplayServerOptions {
    std::filesystem::path archive;
    std::string address = "127.0.0.1";
    std::uint16_t port = 8081;
    std::filesystem::path ui;
    std::filesystem::path links; // "" = no file
};

// Composition root of `testudo replay`: an archive and the web server, nothing else.
class ReplayServer {
  public:
    static Result<std::unique_ptr<ReplayServer>> open(Loop& loop, const ReplayServerOptions& options);
    ~ReplayServer();

    // Where an instructor signs in.
    const std::string& link() const;
    const std::string& exercise() const;

  private:
    struct Parts;
    explicit ReplayServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace testudo::daemon
