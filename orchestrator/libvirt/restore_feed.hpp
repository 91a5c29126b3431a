#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "orchestrator/core/error.hpp"

namespace testudo::libvirt {

// A saved state with another head, as a FIFO that virDomainRestore can be given: nothing is copied to disk, the kernel
// moves the stream from the file that all clones share. Lives until the restore has returned, and then removes the
// FIFO.
class RestoreFeed {
  public:
    // `rest` of the file `state`, from `offset` on, follows `head`.
    static Result<std::unique_ptr<RestoreFeed>> open(const std::filesystem::path& fifo, std::string head,
                                                     const std::filesystem::path& state, std::uint64_t offset);
    ~RestoreFeed();
    RestoreFeed(const RestoreFeed&) = delete;
    RestoreFeed& operator=(const RestoreFeed&) = delete;

    const std::filesystem::path& path() const { return fifo_; }
    // libvirt waits for as long as nobody has the FIFO open for writing. Whoever finds one that a killed process left
    // behind lets it go with this before the FIFO is removed.
    static void release(const std::filesystem::path& fifo);

  private:
    RestoreFeed(std::filesystem::path fifo, int out, int in) : fifo_(std::move(fifo)), out_(out), in_(in) {}
    void feed(const std::string& head, std::uint64_t offset);
    bool may_go_on() const;

    std::filesystem::path fifo_;
    int out_;
    int in_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

} // namespace testudo::libvirt
