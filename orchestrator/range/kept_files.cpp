#include "orchestrator/range/kept_files.hpp"

#include <memory>
#include <utility>

#include "agents/protocol/base64.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::range {
namespace {

constexpr Millis packing{60'000};
constexpr Millis one_part{30'000};
// As base64 it fits into a line of the channel.
constexpr std::size_t part_size = std::size_t{512} * 1024;
constexpr std::int64_t most_kept = std::int64_t{64} << 20;

using Done = std::function<void(Result<std::string>)>;

// Part after part; each answer asks for the next.
class Fetch : public std::enable_shared_from_this<Fetch> {
  public:
    Fetch(exercise::Guests& guests, std::string machine, Done done)
        : guests_(guests), machine_(std::move(machine)), done_(std::move(done)) {}

    void start() {
        guests_.request(machine_, "keep", {}, packing, [self = shared_from_this()](const Result<json::object>& kept) {
            if (!kept)
                return self->done_(tl::unexpected(kept.error()));
            self->size_ = int_or(*kept, "size");
            self->digest_ = text_or(*kept, "sha256");
            if (self->size_ <= 0 || self->size_ > most_kept)
                return self->done_(fail("agent.malformed", self->machine_, "it tells an impossible size"));
            self->next();
        });
    }

  private:
    void next() {
        if (static_cast<std::int64_t>(files_.size()) >= size_)
            return finish();
        guests_.request(machine_, "fetch", {{"offset", static_cast<std::int64_t>(files_.size())}}, one_part,
                        [self = shared_from_this()](const Result<json::object>& part) {
                            if (!part)
                                return self->done_(tl::unexpected(part.error()));
                            const auto bytes = agents::from_base64(text_or(*part, "data"));
                            if (!bytes || bytes->empty())
                                return self->done_(fail("agent.malformed", self->machine_, "a part of it is missing"));
                            self->files_ += *bytes;
                            self->next();
                        });
    }
    void finish() {
        if (sha256_hex(files_) != digest_)
            return done_(fail("agent.malformed", machine_, "its files did not arrive as they were"));
        done_(std::move(files_));
    }

    exercise::Guests& guests_;
    std::string machine_;
    Done done_;
    std::int64_t size_ = 0;
    std::string digest_;
    std::string files_;
};

class Give : public std::enable_shared_from_this<Give> {
  public:
    Give(exercise::Guests& guests, std::string machine, std::string files, Done done)
        : guests_(guests), machine_(std::move(machine)), files_(std::move(files)), done_(std::move(done)) {}

    void next() {
        if (given_ >= files_.size())
            return done_(sha256_hex(files_));
        const auto part = std::string_view(files_).substr(given_, part_size);
        json::object body{{"offset", static_cast<std::int64_t>(given_)}, {"data", agents::to_base64(part)}};
        given_ += part.size();
        guests_.request(machine_, "give", std::move(body), one_part,
                        [self = shared_from_this()](const Result<json::object>& taken) {
                            if (!taken)
                                return self->done_(tl::unexpected(taken.error()));
                            self->next();
                        });
    }

  private:
    exercise::Guests& guests_;
    std::string machine_;
    std::string files_;
    Done done_;
    std::size_t given_ = 0;
};

} // namespace

void fetch_files(exercise::Guests& guests, const std::string& machine, Done done) {
    std::make_shared<Fetch>(guests, machine, std::move(done))->start();
}

void give_files(exercise::Guests& guests, const std::string& machine, std::string files, Done done) {
    std::make_shared<Give>(guests, machine, std::move(files), std::move(done))->next();
}

} // namespace testudo::range
