# Registers the delivery with the Windows Task Scheduler: every night at 02:30, also when nobody is logged in.
# Run once in PowerShell as administrator, after `uitvraag lever --config … --vooraf` said that everything is ready:
#   .\registreer-taak.ps1 -Programma 'C:\Program Files\uitvraag\uitvraag.exe' -Config 'C:\ProgramData\uitvraag\uitvraag.toml' -Account 'DOMEIN\svc-uitvraag$'
# The account is a (group) managed service account that may read the source and owns the folder of the settings.
param(
    [Parameter(Mandatory = $true)] [string] $Programma,
    [Parameter(Mandatory = $true)] [string] $Config,
    [Parameter(Mandatory = $true)] [string] $Account,
    [string] $Tijd = '02:30'
)
$ErrorActionPreference = 'Stop'
foreach ($pad in $Programma, $Config) {
    if (-not (Test-Path -LiteralPath $pad)) { throw "Niet gevonden: $pad" }
}

# Only the account, the system and administrators can read settings, token, key and outbox.
$map = Split-Path -Parent $Config
icacls $map /inheritance:r /grant:r "${Account}:(OI)(CI)M" '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null

$actie = New-ScheduledTaskAction -Execute $Programma -Argument "lever --config `"$Config`" --log json" -WorkingDirectory $map
$moment = New-ScheduledTaskTrigger -Daily -At $Tijd -RandomDelay (New-TimeSpan -Minutes 45)
$wie = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password -RunLevel Limited
$regels = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew `
    -ExecutionTimeLimit (New-TimeSpan -Hours 4) -RestartCount 3 -RestartInterval (New-TimeSpan -Minutes 30)
Register-ScheduledTask -TaskName 'Uitvraag leveren' -Description 'Levert elke nacht wat veranderd is.' `
    -Action $actie -Trigger $moment -Principal $wie -Settings $regels -Force | Out-Null
Write-Output "De taak 'Uitvraag leveren' draait elke dag rond $Tijd. Zet in $Config bij [logboek] een bestand, dan leest u daar wat er gebeurde."
