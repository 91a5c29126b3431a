#include "orchestrator/libvirt/stream_channel.hpp"

#include <libvirt/virterror.h>

#include "orchestrator/libvirt/channel.hpp"

namespace testudo::libvirt {
namespace {

class StreamSource final : public ByteSource {
  public:
    StreamSource(Connections::Lease connection, Stream stream)
        : connection_(std::move(connection)), stream_(std::move(stream)) {}

    bool watch(std::function<void(int)> ready) override {
        auto* opaque = new std::function(std::move(ready));
        const auto on_event = [](virStreamPtr, int events, void* p) {
            (*static_cast<std::function<void(int)>*>(p))(events);
        };
        const auto release = [](void* p) { delete static_cast<std::function<void(int)>*>(p); };
        if (virStreamEventAddCallback(stream_.get(), VIR_STREAM_EVENT_READABLE, on_event, opaque, release) == 0)
            return true;
        release(opaque);
        return false;
    }
    void want(int events) override { virStreamEventUpdateCallback(stream_.get(), events); }
    int receive(char* bytes, std::size_t size) override { return virStreamRecv(stream_.get(), bytes, size); }
    int send(const char* bytes, std::size_t size) override { return virStreamSend(stream_.get(), bytes, size); }
    std::string why() const override {
        const auto* error = virGetLastErrorMessage();
        return error != nullptr ? error : "";
    }
    void end() override {
        virStreamEventRemoveCallback(stream_.get());
        virStreamAbort(stream_.get());
    }

  private:
    Connections::Lease connection_; // outlives the stream
    Stream stream_;
};

} // namespace

std::unique_ptr<agents::GuestChannel> stream_channel(Loop& loop, std::weak_ptr<WorkerPool> pool,
                                                     Connections::Lease connection, Stream stream) {
    return channel_over(loop, std::move(pool),
                        std::make_unique<StreamSource>(std::move(connection), std::move(stream)));
}

} // namespace testudo::libvirt
