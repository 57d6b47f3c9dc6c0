using System.Reflection;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Scenarios;

/// <summary>Tells mistakes of the user, for whom the message is enough, from mistakes of the program, which need their stack trace.</summary>
internal static class UserError
{
    // Where an InvalidOperationException is about the calling code (an empty sequence, a changed collection), not about its input.
    private static readonly string[] s_plumbing = ["System.Private.CoreLib", "System.Linq", "System.Collections", "System.Collections.Immutable"];

    /// <summary>The message on one line, or null when the stack trace must be shown.</summary>
    public static string? LineOf(Exception exception)
    {
        var cause = Unwrap(exception);
        if (!IsUserError(cause))
            return null;
        var messages = Chain(cause).Where(IsUserError).Select(e => e.Message.Trim()).ToList();
        // The innermost message often holds the reason (a damaged model file), the outer ones the circumstances; repetitions say nothing.
        var line = messages[0];
        foreach (var message in messages.Skip(1).Where(m => !line.Contains(m, StringComparison.Ordinal)))
            line = $"{line.TrimEnd('.')}: {message}";
        return OneLine(line);
    }

    /// <summary>A text of several lines on one.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static Exception Unwrap(Exception exception)
    {
        while ((exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 }
            || IsWorker(exception)) && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    // ML.NET's cursors wrap what was thrown on another thread, in words about its threads.
    private static bool IsWorker(Exception exception) =>
        exception is InvalidOperationException && exception.Message.StartsWith("Splitter/consolidator worker", StringComparison.Ordinal);

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }

    private static bool IsUserError(Exception e) => e switch
    {
        // These derive from types below, but only a programming mistake throws them.
        ArgumentNullException or ObjectDisposedException => false,
        InvalidOperationException => !s_plumbing.Contains(e.Source),
        ArgumentException or IOException or UnauthorizedAccessException or FormatException or InvalidDataException => true,
        NotSupportedException or DllNotFoundException or JsonException or TimeoutException or OnnxRuntimeException => true,
        _ => e.GetType().Namespace?.StartsWith(nameof(MlNetRnn), StringComparison.Ordinal) == true,
    };
}
