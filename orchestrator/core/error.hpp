#pragma once
#include <string>
#include <tl/expected.hpp>

namespace testudo {

// An expected failure at a port: something outside of us refused or was not there.
struct Error {
    std::string code;    // stable, lower-case words with dots: "libvirt.refused", "journal.corrupt"
    std::string object;  // what it happened to: a machine id, a file name; may be empty
    std::string message; // a sentence the operator can act on

    Error(std::string code_, std::string object_, std::string message_)
        : code(std::move(code_)), object(std::move(object_)), message(std::move(message_)) {}
    // "code: object: message", for logs and terminals
    std::string text() const { return object.empty() ? code + ": " + message : code + ": " + object + ": " + message; }
    bool operator==(const Error&) const = default;
};

template <class T> using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string code, std::string object, std::string message) {
    return tl::unexpected<Error>(Error(std::move(code), std::move(object), std::move(message)));
}

} // namespace testudo
