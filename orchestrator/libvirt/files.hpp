#pragma once
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/images/image.hpp"
#include "orchestrator/libvirt/machine_xml.hpp"
#include "orchestrator/libvirt/metadata.hpp"

namespace testudo::libvirt {

// The images: NAME is a link to a directory NAME-HASH, whose contents never change, so a machine is given the directory
// and not the link. An image whose contents are not those that image.json names is refused ("image.altered"); each is
// looked at once in the life of this object. May be used by several threads.
class ImageStore {
  public:
    explicit ImageStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    Result<std::filesystem::path> container_root(const std::string& image) const;
    struct Vm {
        std::filesystem::path disk;
        std::filesystem::path kernel; // "": it boots by its own loader, and cloud-init starts the agent
        std::filesystem::path initrd;
        std::string cmdline; // of the kernel
    };
    Result<Vm> vm(const std::string& image) const;

  private:
    Result<images::Image> checked(const std::string& name, const char* kind) const;
    std::filesystem::path directory_;
    mutable std::mutex mutex_;
    mutable std::set<std::filesystem::path> good_;
};

// The agent's program in the two forms that machines are given it in: a directory, and a file system labelled TESTUDO.
// Kept under the hash of the program, so that a newer build leaves running machines alone. Made at first use; may be
// used by several threads.
class AgentStore {
  public:
    AgentStore(std::filesystem::path program, std::filesystem::path directory)
        : program_(std::move(program)), directory_(std::move(directory)) {}

    Result<std::filesystem::path> directory();
    Result<std::filesystem::path> image();

  private:
    Result<std::filesystem::path> home();

    std::filesystem::path program_;
    std::filesystem::path directory_;
    std::mutex mutex_;
    std::filesystem::path home_; // DIRECTORY/HASH, once known
};

// What virtual machines own on disk: DIRECTORY/NAME/ with the overlay, the secret, and the mark, which is written first
// so that remains are found again. A saved machine goes on writing in another layer above its overlay (disk.1.qcow2
// ...).
class MachineFiles {
  public:
    struct Remains {
        std::string name;
        std::string uuid;
        Marked marked;
    };

    explicit MachineFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Fresh files; whatever a machine of that name left before is gone.
    Result<VmFiles> create(const range::MachineSpec& spec, const ImageStore::Vm& image,
                           const std::filesystem::path& agent) const;
    // The same for a machine that wakes up from a saved state, in which kernel and agent are named: an overlay over the
    // last of `layers`, the lowest first, which become the machine's own by hard links, under their names. "files.link"
    // if there cannot be such links.
    Result<VmFiles> create(const range::MachineSpec& spec, const std::vector<std::filesystem::path>& layers) const;
    // A name for one more layer of the machine's disk.
    std::filesystem::path next_layer(const std::string& name) const;
    const std::filesystem::path& directory() const { return directory_; }
    void remove(const std::string& name) const;
    std::vector<Remains> list() const;

  private:
    Result<VmFiles> begin(const range::MachineSpec& spec) const;

    std::filesystem::path directory_;
};

// Where a restore that was cut off may have left its FIFO, in a machine's folder.
inline constexpr const char* restore_fifo = "restore";

// A file's text; empty if there is none.
std::string text_of(const std::filesystem::path& path);
// Written for root's eyes only, and on disk when it returns.
Result<void> write_private(const std::filesystem::path& path, const std::string& text);
Result<void> make_overlay(const std::filesystem::path& base, const std::filesystem::path& overlay);

json::object to_json(const std::string& uuid, const range::Mark& mark);
range::Mark mark_from_json(const json::object& object);
// As a machine reads it from its firmware. All have one length, because a clone's firmware tells the length that the
// machine had which it was cloned from.
std::string identity_text(const std::string& text);

} // namespace testudo::libvirt
