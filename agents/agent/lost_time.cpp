#include "agents/agent/lost_time.hpp"

#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <linux/rtc.h>
#include <optional>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

namespace testudo::agents {
namespace {

constexpr std::int64_t tolerance_ms = 1'500;
constexpr std::chrono::milliseconds between_looks{2};
constexpr int most_looks = 1'000;

std::optional<std::int64_t> hardware_seconds() {
    const int fd = ::open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {};
    rtc_time read{};
    const bool good = ::ioctl(fd, RTC_RD_TIME, &read) == 0;
    ::close(fd);
    if (!good)
        return {};
    std::tm time{};
    time.tm_sec = read.tm_sec;
    time.tm_min = read.tm_min;
    time.tm_hour = read.tm_hour;
    time.tm_mday = read.tm_mday;
    time.tm_mon = read.tm_mon;
    time.tm_year = read.tm_year;
    return ::timegm(&time);
}

void set_clock(std::int64_t second) {
    const timeval now{static_cast<time_t>(second), 0};
    ::settimeofday(&now, nullptr);
}

} // namespace

bool LostTime::make_up() {
    const auto second = hardware_seconds();
    timeval now{};
    ::gettimeofday(&now, nullptr);
    const auto ahead_ms = second ? *second * 1'000 + 500 - (now.tv_sec * 1'000 + now.tv_usec / 1'000) : 0;
    if (ahead_ms <= tolerance_ms && ahead_ms >= -tolerance_ms)
        return false;
    set_clock(*second);
    await_next_second(*second, most_looks);
    return true;
}

void LostTime::await_next_second(std::int64_t second, int looks_left) {
    timer_.expires_after(between_looks);
    timer_.async_wait([this, second, looks_left](const boost::system::error_code& ec) {
        if (ec || looks_left == 0)
            return;
        if (const auto now = hardware_seconds(); now && *now != second)
            return set_clock(*now);
        await_next_second(second, looks_left - 1);
    });
}

} // namespace testudo::agents
