// The floor of provisioning: documents from files go to libvirt, over as many connections as Testudo's, and nothing
// else is done.
//
//     bench_provision_floor create|destroy LXC_URI QEMU_URI CONNECTIONS DIRECTORY
//
// DIRECTORY/networks/*.xml and DIRECTORY/machines/*.xml, named like what they make. Prints the milliseconds that it
// took.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;

namespace {

struct Document {
    std::string name;
    std::string xml;
};

std::vector<Document> documents(const fs::path& directory) {
    std::vector<Document> all;
    for (const auto& entry : fs::directory_iterator(directory)) {
        std::ifstream in(entry.path());
        all.push_back({entry.path().stem(), std::string(std::istreambuf_iterator<char>(in), {})});
    }
    return all;
}

void check(const void* object, const std::string& name) {
    if (object != nullptr)
        return;
    std::fprintf(stderr, "%s: %s\n", name.c_str(), virGetLastErrorMessage());
    std::exit(1);
}

void network(virConnectPtr connection, const Document& document, bool create) {
    const auto object = create ? virNetworkCreateXML(connection, document.xml.c_str())
                               : virNetworkLookupByName(connection, document.name.c_str());
    check(object, document.name);
    if (!create)
        virNetworkDestroy(object);
    virNetworkFree(object);
}

void machine(virConnectPtr connection, const Document& document, bool create) {
    const auto object = create ? virDomainCreateXML(connection, document.xml.c_str(), 0)
                               : virDomainLookupByName(connection, document.name.c_str());
    check(object, document.name);
    if (!create)
        virDomainDestroy(object);
    virDomainFree(object);
}

using Act = void (*)(virConnectPtr, const Document&, bool);

void all_of(const std::vector<virConnectPtr>& connections, const std::vector<Document>& list, Act act, bool create) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (const auto connection : connections)
        threads.emplace_back([&, connection] {
            for (auto i = next++; i < list.size(); i = next++)
                act(connection, list[i], create);
        });
    for (auto& thread : threads)
        thread.join();
}

std::vector<virConnectPtr> connect(const char* uri, int count) {
    std::vector<virConnectPtr> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(virConnectOpen(uri));
        check(all.back(), uri);
    }
    return all;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fprintf(stderr, "usage: bench_provision_floor create|destroy LXC_URI QEMU_URI CONNECTIONS DIRECTORY\n");
        return 2;
    }
    const bool create = std::string(argv[1]) == "create";
    const auto count = std::atoi(argv[4]);
    const auto networks = documents(fs::path(argv[5]) / "networks");
    const auto machines = documents(fs::path(argv[5]) / "machines");
    const auto begun = std::chrono::steady_clock::now();
    const auto lxc = connect(argv[2], count);
    const auto qemu = connect(argv[3], count);
    if (create)
        all_of(qemu, networks, network, true);
    all_of(lxc, machines, machine, create);
    if (!create)
        all_of(qemu, networks, network, false);
    const auto took = std::chrono::steady_clock::now() - begun;
    std::printf("%lld\n", static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    return 0;
}
