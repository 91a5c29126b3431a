#pragma once
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "orchestrator/libvirt/libvirt_hypervisor.hpp"

namespace testudo {

// A private range host of this test program's own, from deploy/range-host, that ends with it. Needs root, libvirt and
// the images of deploy/images; where one is missing the tests fail, because nothing else proves what they prove.
class RealHost {
  public:
    static RealHost& get() {
        static RealHost host;
        return host;
    }
    ~RealHost() {
        run(fmt::format("{} stop --dir {} 2>&1", script(), directory_.string()));
        std::filesystem::remove_all(data_);
    }

    libvirt::Host config(const std::filesystem::path& agent = TESTUDO_AGENT) const {
        return libvirt::Host::private_host(directory_, images(), data_, agent);
    }
    const std::filesystem::path& directory() const { return directory_; }
    const std::filesystem::path& data() const { return data_; }
    static std::string images() {
        const char* given = std::getenv("TESTUDO_IMAGES");
        return given == nullptr ? "/var/lib/testudo/images" : given;
    }
    std::string uri() const { return fmt::format("qemu+unix:///system?socket={}/libvirt-sock", directory_.string()); }

    // Runs a command in a shell; its output.
    static std::string run(const std::string& command) {
        std::string output;
        FILE* pipe = ::popen(command.c_str(), "r");
        std::array<char, 4096> buffer{};
        while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
            output += buffer.data();
        last_status = ::pclose(pipe);
        return output;
    }
    // The same inside the host.
    std::string inside(const std::string& command) const {
        return run(fmt::format("{} exec --dir {} -- {} 2>&1", script(), directory_.string(), command));
    }
    static inline int last_status = 0;

  private:
    RealHost() {
        const auto output =
            run(fmt::format("{} start --dir {} --data {} 2>&1", script(), directory_.string(), data_.string()));
        if (last_status != 0)
            throw std::runtime_error("the range host does not start: " + output);
    }
    static std::string script() { return TESTUDO_SOURCE_DIR "/deploy/range-host"; }

    std::filesystem::path directory_ = fmt::format("/run/testudo/test-{}", ::getpid());
    std::filesystem::path data_ = fmt::format("/var/lib/testudo/test-{}", ::getpid());
};

} // namespace testudo
