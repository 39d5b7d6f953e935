# Registers the delivery with the Windows Task Scheduler: every night at 02:30, also when nobody is logged in.
# Run once in PowerShell as administrator, after `uitvraag lever --config uitvraag.toml --vooraf` said that everything is ready:
#   .\registreer-taak.ps1 -Programma 'C:\Program Files\uitvraag\uitvraag.exe' -Config 'C:\ProgramData\uitvraag\uitvraag.toml' -Account 'DOMEIN\svc-uitvraag$'
# The account is a (group) managed service account that may read the source: it has no password to keep. Afterwards only that
# account, the system and administrators can read the folder of the settings with the key and the token, so give it a folder
# of its own.
param(
    [Parameter(Mandatory = $true)] [string] $Programma,
    [Parameter(Mandatory = $true)] [string] $Config,
    [Parameter(Mandatory = $true)] [string] $Account,
    [string] $Tijd = '02:30'
)
$ErrorActionPreference = 'Stop'
foreach ($pad in $Programma, $Config) {
    if (-not (Test-Path -LiteralPath $pad -PathType Leaf)) { throw "Niet gevonden: $pad" }
}
$Programma = (Resolve-Path -LiteralPath $Programma).ProviderPath
$Config = (Resolve-Path -LiteralPath $Config).ProviderPath
$map = Split-Path -Parent $Config

# The rights of the whole folder change: never those of a disk, of Windows, or of a person.
$gedeeld = @($env:SystemDrive + '\', $env:SystemRoot, $env:ProgramFiles, $env:ProgramData, $env:USERPROFILE, (Split-Path -Parent $Programma))
if (-not (Split-Path -Parent $map) -or $gedeeld -contains $map) {
    throw "Zet de instellingen in een eigen map, zoals C:\ProgramData\uitvraag. Ze staan nu in $map"
}

# Only the account, the system and administrators: on the folder, and on what is in it. The key, too, was made for whoever
# made it; it takes the rights of the folder.
icacls $map /inheritance:r /grant:r "${Account}:(OI)(CI)M" '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "De rechten op $map zijn niet gezet. Bestaat het account $Account?" }
icacls (Join-Path $map '*') /reset /T /Q | Out-Null
if ($LASTEXITCODE -ne 0) { throw "De rechten op de bestanden in $map zijn niet gezet." }

$actie = New-ScheduledTaskAction -Execute $Programma -Argument "lever --config `"$Config`" --log json" -WorkingDirectory $map
$moment = New-ScheduledTaskTrigger -Daily -At $Tijd -RandomDelay (New-TimeSpan -Minutes 45)
$wie = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password -RunLevel Limited
$regels = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew `
    -ExecutionTimeLimit (New-TimeSpan -Hours 4) -RestartCount 3 -RestartInterval (New-TimeSpan -Minutes 30)
Register-ScheduledTask -TaskName 'Uitvraag leveren' -Description 'Levert elke nacht wat veranderd is.' `
    -Action $actie -Trigger $moment -Principal $wie -Settings $regels -Force | Out-Null
Write-Output "De taak 'Uitvraag leveren' draait elke dag rond $Tijd. Zet in $Config bij [logboek] een bestand, dan leest u daar wat er gebeurde."
