using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MlNetRnn;

/// <summary>
/// Looks at a model file again and again, and gives a predictor the new model when the file has changed and settled. Looking, unlike
/// notifications of the file system, also sees links that lead elsewhere (Kubernetes), network folders and container mounts.
/// </summary>
internal sealed partial class ModelFileWatch : IDisposable
{
    private const int LongestPause = 64; // looks between two attempts at a file that failed and does not change

    private readonly SequencePredictor _predictor;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly TimeSpan _interval;
    private readonly PeriodicTimer _timer;
    private FileStamp _handled; // what was loaded, or refused
    private FileStamp _seen; // at the last look
    private long _seenSince; // when it was first seen so
    private int _pause; // looks to wait before the next attempt; 0: the file is in use
    private int _waited;
    private string? _reason; // of the last warning

    /// <param name="predictor">The predictor, with the model of the file.</param>
    /// <param name="path">The file's full path.</param>
    /// <param name="loaded">The file as it was when it was loaded.</param>
    /// <param name="interval">The time between two looks.</param>
    /// <param name="logger">Is told of each new model, and of each that is not taken.</param>
    public ModelFileWatch(SequencePredictor predictor, string path, FileStamp loaded, TimeSpan interval, ILogger logger)
    {
        (_predictor, _path, _handled, _seen, _logger) = (predictor, path, loaded, loaded, logger);
        _interval = interval;
        _timer = new PeriodicTimer(interval);
        _ = Task.Run(WatchAsync);
    }

    public void Dispose() => _timer.Dispose();

    private async Task WatchAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
            Look();
    }

    private void Look()
    {
        var stamp = FileStamp.Of(_path);
        if (stamp != _seen)
            (_seen, _seenSince) = (stamp, Stopwatch.GetTimestamp());
        bool settled = Stopwatch.GetElapsedTime(_seenSince) >= _interval; // two looks may be closer to each other on a busy machine
        if (!settled || (stamp == _handled && !IsTimeToRetry()))
            return;
        if (stamp != _handled)
            _pause = 0;
        _handled = stamp;
        if (stamp.Problem is { } problem)
            Refuse(problem);
        else
            Load(stamp);
    }

    private void Load(FileStamp stamp)
    {
        SequenceModel? model = null;
        try
        {
            model = SequenceModel.Load(_path);
            _predictor.Replace(model);
            (_pause, _reason) = (0, null);
            LogReloaded(_path);
        }
        catch (Exception e) when (model is not null && ReferenceEquals(_predictor.Model, model))
        {
            LogHandlerFailed(e, _path); // whatever it throws: one that uses what is disposed must not end the watch
        }
        catch (ObjectDisposedException)
        {
            _timer.Dispose(); // the predictor has ended, and the watch with it
        }
        catch (Exception e)
        {
            if (FileStamp.Of(_path) == stamp) // else it has not settled; the next looks come back to it
                Refuse(e.Message);
        }
    }

    // A file may be filled without its length or time showing it, so a refused one is tried again, ever more seldom.
    private bool IsTimeToRetry() => _pause > 0 && ++_waited >= _pause;

    private void Refuse(string reason)
    {
        (_pause, _waited) = (Math.Clamp(2 * _pause, 1, LongestPause), 0);
        if (reason != _reason)
            LogRefused(_path, reason);
        _reason = reason;
    }

    [LoggerMessage(1, LogLevel.Information, "The model file '{Path}' has changed; its new model is in use.")]
    private partial void LogReloaded(string path);

    [LoggerMessage(2, LogLevel.Warning, "The model file '{Path}' is not taken; the model loaded before stays in use. {Reason}")]
    private partial void LogRefused(string path, string reason);

    [LoggerMessage(3, LogLevel.Error, "The new model of '{Path}' is in use, but a handler of ModelReplaced failed.")]
    private partial void LogHandlerFailed(Exception exception, string path);
}
